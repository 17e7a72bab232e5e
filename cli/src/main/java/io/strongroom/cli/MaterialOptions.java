package io.strongroom.cli;

import io.strongroom.cli.local.PublicKeyPem;
import io.strongroom.custody.MaterialImport;
import io.strongroom.hsm.HsmException;
import java.nio.file.Path;
import java.security.PublicKey;
import java.time.Instant;
import org.jspecify.annotations.Nullable;
import picocli.CommandLine.Model.CommandSpec;
import picocli.CommandLine.Option;
import picocli.CommandLine.ParameterException;

/** The options that name wrapped material and its import token. */
final class MaterialOptions {
  // With room for text of them, of which custody says what to do with it.
  private static final int MAX_TOKEN_BYTES = 64 * 1024;
  private static final int MAX_WRAPPED_BYTES = 8 * 1024;
  private static final int MAX_PUBLIC_KEY_BYTES = 16 * 1024;

  @Option(names = "--token", paramLabel = "F", description = "The import token.")
  @Nullable Path token;

  @Option(names = "--material", paramLabel = "F", description = "The wrapped material.")
  @Nullable Path material;

  @Option(
      names = "--expected-kcv",
      paramLabel = "HEX",
      description = "The key check value that the material must have: 6 hexadecimal digits.")
  @Nullable String expectedKcv;

  @Option(
      names = "--expires",
      paramLabel = "ISO-8601",
      converter = InstantConverter.class,
      description = "When the material ends: 2027-01-31T00:00:00Z.")
  @Nullable Instant expires;

  @Option(
      names = "--public-key",
      paramLabel = "F.pem",
      description = "The public half of a private key: wanted for EC keys, compared for RSA keys.")
  @Nullable Path publicKey;

  private @Nullable MaterialImport read;

  /** True if nothing of it is given. */
  boolean absent() {
    return token == null
        && material == null
        && expectedKcv == null
        && expires == null
        && publicKey == null;
  }

  /** The import, read from the files at the first call. */
  MaterialImport read(CommandSpec spec) {
    MaterialImport before = read;
    if (before != null) {
      return before;
    }
    if (token == null || material == null) {
      throw new ParameterException(spec.commandLine(), "give both --token and --material");
    }
    MaterialImport now =
        new MaterialImport(
            Io.readAtMost(token, MAX_TOKEN_BYTES, "an import token"),
            Io.readAtMost(material, MAX_WRAPPED_BYTES, "wrapped material"),
            expectedKcv,
            expires,
            publicKey == null ? null : publicKey(publicKey));
    read = now;
    return now;
  }

  private static PublicKey publicKey(Path file) {
    return PublicKeyPem.parse(Io.readAtMost(file, MAX_PUBLIC_KEY_BYTES, "a public key"))
        .orElseThrow(() ->
            new HsmException.BadInput(
                file
                    + " holds no RSA or EC public key as PEM; make it with openssl pkey -in"
                    + " private.pem -pubout"));
  }
}
