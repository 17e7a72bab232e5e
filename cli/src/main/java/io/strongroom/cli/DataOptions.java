package io.strongroom.cli;

import java.nio.file.Path;
import java.util.List;
import java.util.Map;
import org.jspecify.annotations.Nullable;
import picocli.CommandLine.Model.CommandSpec;
import picocli.CommandLine.Option;

/** What goes in and out of an encryption or decryption. */
final class DataOptions {
  @Option(
      names = "--context",
      paramLabel = "k=v",
      converter = Pair.Converter.class,
      description = "Authenticated with the data; decryption has to repeat it. May be repeated.")
  private List<Pair> context = List.of();

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

  /** The encryption context. */
  Map<String, String> context(CommandSpec spec) {
    return Pair.map(spec, "--context", context);
  }

  /** Makes sure that the context has no name twice and that the output can be written. */
  void check(CommandSpec spec) {
    context(spec);
    if (out != null) {
      Io.requireWritable(out);
    }
  }

  /** Reads the input. */
  byte[] read(int maxBytes) {
    return Io.read(in, maxBytes);
  }

  /** Writes the result; with {@code --json} and no file it becomes a field of the document. */
  void write(byte[] bytes, Output output) {
    if (out != null) {
      Io.write(out, bytes);
    } else if (!output.json()) {
      Io.writeStandardOutput(bytes);
    }
  }
}
