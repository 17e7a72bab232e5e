package io.strongroom.cli;

import java.nio.file.Path;
import java.util.LinkedHashMap;
import java.util.Map;
import org.jspecify.annotations.Nullable;
import picocli.CommandLine.Option;

/** What goes in and out of an encryption or decryption. */
final class DataOptions {
  @Option(
      names = "--context",
      paramLabel = "k=v",
      description = "Authenticated with the data; decryption has to repeat it. May be repeated.")
  Map<String, String> context = new LinkedHashMap<>();

  @Option(
      names = "--in",
      paramLabel = "F",
      description = "Read this file (default: standard input).")
  @Nullable Path in;

  @Option(
      names = "--out",
      paramLabel = "F",
      description = "Write this file, whole or not at all (default: standard output).")
  @Nullable Path out;

  /** Writes the result; with {@code --json} and no file it becomes a field of the document. */
  void write(byte[] bytes, Output output) {
    if (out != null) {
      Io.write(out, bytes);
    } else if (!output.json()) {
      Io.writeStandardOutput(bytes);
    }
  }
}
