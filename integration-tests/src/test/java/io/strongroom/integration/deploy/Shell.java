package io.strongroom.integration.deploy;

import static java.nio.charset.StandardCharsets.UTF_8;

import java.io.IOException;
import java.nio.file.Path;
import java.util.List;
import java.util.concurrent.TimeUnit;

/** A program that is run to its end. */
final class Shell {
  static final Path ROOT = Path.of("..").toAbsolutePath().normalize();

  private Shell() {}

  /**
   * How it ended.
   *
   * @param said its standard output and error together
   */
  record Outcome(int code, String said) {}

  static Outcome run(String... command) throws IOException, InterruptedException {
    ProcessBuilder builder = new ProcessBuilder(List.of(command)).redirectErrorStream(true);
    // The launcher takes this JVM's Java.
    builder.environment().put("JAVA_HOME", System.getProperty("java.home"));
    Process process = builder.start();
    process.getOutputStream().close();
    String said = new String(process.getInputStream().readAllBytes(), UTF_8);
    if (!process.waitFor(2, TimeUnit.MINUTES)) {
      process.destroyForcibly();
      throw new IllegalStateException(List.of(command) + " did not end; it said: " + said);
    }
    return new Outcome(process.exitValue(), said);
  }
}
