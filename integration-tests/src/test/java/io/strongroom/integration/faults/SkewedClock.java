package io.strongroom.integration.faults;

import static org.assertj.core.api.Assertions.assertThat;

import java.io.IOException;
import java.io.InputStream;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.util.Map;
import java.util.Objects;

/** A library that puts a process's wall clock fast or slow when it is preloaded. */
final class SkewedClock {
  private final Path library;

  private SkewedClock(Path library) {
    this.library = library;
  }

  /** Compiles it into a folder. */
  static SkewedClock compile(Path folder) throws IOException, InterruptedException {
    Path source = folder.resolve("skewed-clock.c");
    Path library = folder.resolve("libskewed-clock.so");
    try (InputStream code = SkewedClock.class.getResourceAsStream("/faults/skewed-clock.c")) {
      Files.copy(Objects.requireNonNull(code), source);
    }
    Process compiler =
        new ProcessBuilder(
                "gcc",
                "-O2",
                "-Wall",
                "-Werror",
                "-shared",
                "-fPIC",
                "-o",
                library.toString(),
                source.toString())
            .redirectErrorStream(true)
            .start();
    String output = new String(compiler.getInputStream().readAllBytes(), StandardCharsets.UTF_8);
    assertThat(compiler.waitFor()).as("gcc: %s", output).isZero();
    return new SkewedClock(library);
  }

  /** The environment of a process whose clock is so far off. */
  Map<String, String> off(Duration skew) {
    return Map.of(
        "LD_PRELOAD", library.toString(), "CLOCK_SKEW_SECONDS", Long.toString(skew.toSeconds()));
  }
}
