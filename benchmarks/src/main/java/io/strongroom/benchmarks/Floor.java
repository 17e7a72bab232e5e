package io.strongroom.benchmarks;

import java.io.IOException;
import java.io.InputStream;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;
import java.util.Objects;

/**
 * The raw C program.
 *
 * @param program the executable
 */
record Floor(Path program) {

  /** Compiles it. */
  static Floor compile(Path dir) throws IOException, InterruptedException {
    Path source = dir.resolve("floor.c");
    try (InputStream text = Objects.requireNonNull(Floor.class.getResourceAsStream("/floor.c"))) {
      Files.write(source, text.readAllBytes());
    }
    Path program = dir.resolve("floor");
    Process compiler;
    try {
      compiler =
          new ProcessBuilder(
                  List.of(
                      "gcc",
                      "-O2",
                      "-pthread",
                      "-o",
                      program.toString(),
                      source.toString(),
                      "-ldl"))
              .redirectErrorStream(true)
              .start();
    } catch (IOException e) {
      throw new IOException(
          "the floor is a C program and gcc is missing: apt-get install gcc libc6-dev", e);
    }
    String output =
        new String(compiler.getInputStream().readAllBytes(), StandardCharsets.UTF_8).strip();
    if (compiler.waitFor() != 0) {
      throw new IOException("gcc could not compile floor.c: " + output);
    }
    return new Floor(program);
  }
}
