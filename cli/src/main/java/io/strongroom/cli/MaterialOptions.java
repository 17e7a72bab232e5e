package io.strongroom.cli;

import io.strongroom.custody.MaterialImport;
import java.nio.file.Path;
import java.time.Instant;
import org.jspecify.annotations.Nullable;
import picocli.CommandLine;
import picocli.CommandLine.Model.CommandSpec;
import picocli.CommandLine.Option;

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
      description = "When the material ends: 2027-01-31T00:00:00Z.")
  @Nullable Instant expires;

  /** True if neither file is named. */
  boolean absent() {
    return token == null && material == null;
  }

  /** The import, read from the files. */
  MaterialImport required(CommandSpec spec) {
    if (token == null || material == null) {
      throw new CommandLine.ParameterException(
          spec.commandLine(), "give both --token and --material");
    }
    return new MaterialImport(
        Io.read(token, MAX_TOKEN_BYTES),
        Io.read(material, MAX_WRAPPED_BYTES),
        expectedKcv,
        expires);
  }
}
