package io.strongroom.cli;

import io.strongroom.custody.MaterialImport;
import java.nio.file.Path;
import java.time.Instant;
import org.jspecify.annotations.Nullable;
import picocli.CommandLine.Model.CommandSpec;
import picocli.CommandLine.Option;
import picocli.CommandLine.ParameterException;

/** The options that name wrapped material and its import token. */
final class MaterialOptions {
  private static final int MAX_TOKEN_BYTES = 64 * 1024;
  private static final int MAX_WRAPPED_BYTES = 8 * 1024;

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

  private @Nullable MaterialImport read;

  /** True if nothing of it is given. */
  boolean absent() {
    return token == null && material == null && expectedKcv == null && expires == null;
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
            Io.read(token, MAX_TOKEN_BYTES),
            Io.read(material, MAX_WRAPPED_BYTES),
            expectedKcv,
            expires);
    read = now;
    return now;
  }
}
