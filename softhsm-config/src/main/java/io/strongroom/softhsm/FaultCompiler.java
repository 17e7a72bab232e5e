package io.strongroom.softhsm;

import java.io.IOException;
import java.io.InputStream;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;
import java.util.Objects;

/** Compiles faults.c. */
final class FaultCompiler {
  private FaultCompiler() {}

  /** The library, in this folder. */
  static Path compile(Path dir) throws IOException {
    return compile(dir, "gcc");
  }

  static Path compile(Path dir, String compiler) throws IOException {
    Path source = dir.resolve("faults.c");
    try (InputStream text =
        Objects.requireNonNull(FaultCompiler.class.getResourceAsStream("/faults.c"))) {
      Files.write(source, text.readAllBytes());
    }
    Path library = dir.resolve("libfaults.so");
    Process process;
    try {
      process =
          new ProcessBuilder(
                  List.of(
                      compiler,
                      "-O1",
                      "-Wall",
                      "-Wextra",
                      "-Werror",
                      "-shared",
                      "-fPIC",
                      "-fvisibility=hidden",
                      "-pthread",
                      "-o",
                      library.toString(),
                      source.toString(),
                      "-ldl"))
              .redirectErrorStream(true)
              .start();
    } catch (IOException e) {
      throw new SoftHsmException(
          "the faulty library is a C program, and "
              + compiler
              + " is missing: apt-get install gcc libc6-dev",
          e);
    }
    String output = new String(process.getInputStream().readAllBytes(), StandardCharsets.UTF_8);
    if (exitCode(process) != 0) {
      throw new SoftHsmException(compiler + " could not compile faults.c: " + output.strip());
    }
    return library;
  }

  private static int exitCode(Process process) throws IOException {
    try {
      return process.waitFor();
    } catch (InterruptedException e) {
      process.destroyForcibly();
      Thread.currentThread().interrupt();
      throw new IOException("interrupted while compiling faults.c", e);
    }
  }
}
