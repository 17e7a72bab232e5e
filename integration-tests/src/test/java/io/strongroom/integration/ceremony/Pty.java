package io.strongroom.integration.ceremony;

import static org.assertj.core.api.Assertions.assertThat;
import static org.awaitility.Awaitility.await;

import java.io.IOException;
import java.io.InputStream;
import java.io.UncheckedIOException;
import java.nio.charset.StandardCharsets;
import java.nio.file.Path;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.concurrent.TimeUnit;

/**
 * A command of {@code strongroom} at a terminal of its own, made by {@code script} (util-linux,
 * essential on Debian). A shell runs around it, which tells the exit code and how the terminal was
 * left.
 */
final class Pty implements AutoCloseable {
  private static final Duration LIMIT = Duration.ofMinutes(2);
  private static final String CODE = "exit code ";

  private final Process process;
  private final StringBuilder output = new StringBuilder();
  private final Thread reader;
  private int seen;

  private Pty(Process process) {
    this.process = process;
    this.reader = Thread.ofPlatform().daemon().start(this::readAll);
  }

  /** Starts a command with these arguments. */
  static Pty start(String... arguments) {
    return start(List.of("io.strongroom.cli.Strongroom"), arguments);
  }

  /** Starts another main class, with its own first arguments. */
  static Pty start(List<String> main, String... arguments) {
    List<String> command = new ArrayList<>(java());
    command.addAll(main);
    command.addAll(List.of(arguments));
    String line = String.join(" ", command.stream().map(word -> "'" + word + "'").toList());
    String shell = "trap : INT; " + line + "; echo \"" + CODE + "$?\"; stty -a";
    try {
      return new Pty(
          new ProcessBuilder("script", "-q", "-E", "always", "-c", shell, "/dev/null")
              .redirectErrorStream(true)
              .start());
    } catch (IOException e) {
      throw new UncheckedIOException("script (util-linux, bsdutils) cannot be run", e);
    }
  }

  /** The command that runs a main class in a JVM like this one. */
  static List<String> java() {
    return List.of(
        Path.of(System.getProperty("java.home"), "bin", "java").toString(),
        "-XX:+UseSerialGC",
        "-XX:TieredStopAtLevel=1",
        "-Xmx128m",
        "--sun-misc-unsafe-memory-access=allow",
        "--enable-native-access=ALL-UNNAMED",
        "-cp",
        System.getProperty("java.class.path"));
  }

  /** Waits until the terminal shows this, behind what was waited for before. */
  Pty expect(String text) {
    await("\"" + text + "\" in what the terminal shows")
        .atMost(LIMIT)
        .pollInterval(Duration.ofMillis(20))
        .until(() -> {
          int at = output().indexOf(text, seen);
          if (at < 0 && !reader.isAlive() && output().indexOf(text, seen) < 0) {
            throw new AssertionError("the command ended without it: " + output());
          }
          return at >= 0;
        });
    seen = output().indexOf(text, seen) + text.length();
    return this;
  }

  /** What the terminal shows from what was waited for last up to this text. */
  String upTo(String text) {
    int from = seen;
    expect(text);
    return output().substring(from, seen - text.length());
  }

  /** Types a line, and Enter. */
  Pty type(String line) {
    return keys(line + "\n");
  }

  /** Types Ctrl-C. */
  Pty interrupt() {
    return keys("\u0003");
  }

  /** Types Ctrl-D. */
  Pty endOfInput() {
    return keys("\u0004");
  }

  private Pty keys(String keys) {
    try {
      process.getOutputStream().write(keys.getBytes(StandardCharsets.US_ASCII));
      process.getOutputStream().flush();
      return this;
    } catch (IOException e) {
      throw new UncheckedIOException("the terminal is gone: " + output(), e);
    }
  }

  /** Waits for the end, makes sure that echo is on again, and gives the exit code. */
  int exitCode() {
    expect(CODE);
    String code = upTo("\r\n");
    expect("echok");
    String settings = output().substring(output().lastIndexOf(CODE));
    assertThat(settings).as("the terminal's settings afterwards").contains(" echo ");
    return Integer.parseInt(code.strip());
  }

  /** Everything that the terminal has shown. */
  String output() {
    synchronized (output) {
      return output.toString();
    }
  }

  private void readAll() {
    try (InputStream in = process.getInputStream()) {
      byte[] buffer = new byte[4096];
      for (int n = in.read(buffer); n >= 0; n = in.read(buffer)) {
        synchronized (output) {
          output.append(new String(buffer, 0, n, StandardCharsets.UTF_8));
        }
      }
    } catch (IOException e) {
      synchronized (output) {
        output.append("the terminal cannot be read: ").append(e);
      }
    }
  }

  @Override
  public void close() {
    process.descendants().forEach(ProcessHandle::destroyForcibly);
    process.destroyForcibly();
    try {
      process.waitFor(LIMIT.toSeconds(), TimeUnit.SECONDS);
    } catch (InterruptedException e) {
      Thread.currentThread().interrupt();
    }
  }
}
