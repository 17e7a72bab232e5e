package io.strongroom.provider;

import static java.nio.charset.StandardCharsets.UTF_8;

import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;
import java.util.Map;
import java.util.concurrent.TimeUnit;

/** Programs as a user runs them: processes of their own, without a terminal. */
final class Command {
  /** For programs that live for a second: light compilation halves what a start costs. */
  static final Map<String, String> QUICK_START =
      Map.of("JAVA_TOOL_OPTIONS", "-XX:+UseSerialGC -XX:TieredStopAtLevel=1");

  private static final Path JAVA_BIN = Path.of(System.getProperty("java.home"), "bin");

  private Command() {}

  /** What a program said, on both streams, and how it ended. */
  record Outcome(int exitCode, String output) {}

  /** A program of this JDK. */
  static String ofJdk(String name) {
    return JAVA_BIN.resolve(name).toString();
  }

  /** Where a class is loaded from: a folder, or a jar. */
  static String pathOf(Class<?> type) throws Exception {
    return Path.of(type.getProtectionDomain().getCodeSource().getLocation().toURI()).toString();
  }

  /** Runs a program to its end; its standard input is empty. */
  static Outcome run(Path dir, List<String> command) throws Exception {
    Path output = Files.createTempFile(dir, "output", ".txt");
    ProcessBuilder builder = new ProcessBuilder(command).directory(dir.toFile());
    builder.environment().putAll(QUICK_START);
    builder.environment().merge("PATH", JAVA_BIN.toString(), (path, bin) -> bin + ":" + path);
    Process process = builder.redirectErrorStream(true).redirectOutput(output.toFile()).start();
    process.getOutputStream().close();
    try {
      if (!process.waitFor(5, TimeUnit.MINUTES)) {
        throw new IllegalStateException("still running: " + Files.readString(output, UTF_8));
      }
    } finally {
      process.destroyForcibly();
    }
    return new Outcome(process.exitValue(), Files.readString(output, UTF_8));
  }
}
