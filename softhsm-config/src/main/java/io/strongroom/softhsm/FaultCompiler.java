package io.strongroom.softhsm;

import java.io.IOException;
import java.io.InputStream;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;
import java.util.Objects;
import java.util.concurrent.ExecutionException;
import java.util.concurrent.FutureTask;

/** Compiles faults.c. */
final class FaultCompiler {
  private static final String NAME = "libfaults.so";

  /** The same each time, so compiled at most once in a JVM. */
  private static final FutureTask<byte[]> LIBRARY = new FutureTask<>(FaultCompiler::compileOnce);

  private FaultCompiler() {}

  /** A new file of the library, in this folder. */
  static Path write(Path dir) throws IOException {
    LIBRARY.run();
    try {
      return Files.write(dir.resolve(NAME), LIBRARY.get());
    } catch (InterruptedException e) {
      throw interrupted(e);
    } catch (ExecutionException e) {
      Throwable why = LIBRARY.exceptionNow();
      throw new SoftHsmException(String.valueOf(why.getMessage()), why);
    }
  }

  private static byte[] compileOnce() throws IOException {
    Path dir = Files.createTempDirectory("strongroom-faults-");
    try {
      return Files.readAllBytes(compile(dir, "gcc"));
    } finally {
      TokenFiles.deleteTree(dir);
    }
  }

  static Path compile(Path dir, String compiler) throws IOException {
    Path source = dir.resolve("faults.c");
    try (InputStream text =
        Objects.requireNonNull(FaultCompiler.class.getResourceAsStream("/faults.c"))) {
      Files.write(source, text.readAllBytes());
    }
    Path library = dir.resolve(NAME);
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
      throw interrupted(e);
    }
  }

  private static IOException interrupted(InterruptedException e) {
    Thread.currentThread().interrupt();
    return new IOException("interrupted while compiling faults.c", e);
  }
}
