package io.strongroom.softhsm;

import java.io.BufferedReader;
import java.io.IOException;
import java.nio.charset.StandardCharsets;
import java.nio.file.Path;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.concurrent.TimeUnit;
import java.util.function.Predicate;

/**
 * A main class in a fresh JVM with a token's environment: what a test uses when it must be able to
 * kill its token's user, or wants the library's configuration to itself. Same class path and JDK as
 * the caller; output and errors are captured together, line by line. Safe for use by many threads.
 *
 * <p>It ends for sure: with {@link #close}, and by itself when the JVM that started it is gone,
 * however that ended.
 */
public final class TokenProcess implements AutoCloseable {
  private final Process process;
  private final Thread reader;
  private final List<String> lines = new ArrayList<>();
  private boolean ended;

  private TokenProcess(Process process) {
    this.process = process;
    this.reader = Thread.ofPlatform().daemon().name("token-process-output").unstarted(this::read);
  }

  /**
   * Starts {@code main} with {@code SOFTHSM2_CONF} set for {@code token}.
   *
   * @param main a class with a {@code static void main(String[])}, on this JVM's class path
   * @param arguments its arguments; other users of the machine can read them, so never a secret
   * @throws SoftHsmException if the process cannot be started
   */
  public static TokenProcess start(SoftHsmToken token, Class<?> main, String... arguments) {
    List<String> command =
        new ArrayList<>(
            List.of(
                Path.of(System.getProperty("java.home"), "bin", "java").toString(),
                "--enable-native-access=ALL-UNNAMED",
                // Over soon: light compilation costs less than it saves.
                "-XX:TieredStopAtLevel=1",
                "-XX:+UseSerialGC",
                "-cp",
                System.getProperty("java.class.path"),
                TokenProcessMain.class.getName(),
                main.getName()));
    command.addAll(List.of(arguments));
    ProcessBuilder builder = new ProcessBuilder(command).redirectErrorStream(true);
    builder.environment().put("SOFTHSM2_CONF", token.conf().toString());
    builder.environment().put(SoftHsm.LIBRARY_VARIABLE, token.library().toString());
    try {
      TokenProcess started = new TokenProcess(builder.start());
      started.reader.start();
      return started;
    } catch (IOException e) {
      throw new SoftHsmException("cannot start a process for " + main.getName() + ": " + e, e);
    }
  }

  /** The process id. */
  public long pid() {
    return process.pid();
  }

  /** Whether it still runs. */
  public boolean isAlive() {
    return process.isAlive();
  }

  /** What it wrote so far, output and errors, one element a line. */
  public synchronized List<String> output() {
    return List.copyOf(lines);
  }

  /**
   * Waits for a line of output, one written before included.
   *
   * @return the first line that {@code wanted} accepts
   * @throws SoftHsmException if none came within {@code limit} or before the process ended; the
   *     message carries its output
   */
  public synchronized String awaitLine(Predicate<String> wanted, Duration limit)
      throws InterruptedException {
    long deadlineNanos = System.nanoTime() + limit.toNanos();
    int seen = 0;
    while (true) {
      for (; seen < lines.size(); seen++) {
        if (wanted.test(lines.get(seen))) {
          return lines.get(seen);
        }
      }
      long leftMillis = TimeUnit.NANOSECONDS.toMillis(deadlineNanos - System.nanoTime());
      if (ended || leftMillis <= 0) {
        throw new SoftHsmException(
            (ended ? "the process ended" : "no answer within " + limit)
                + " without the line that was waited for; it wrote:\n"
                + String.join("\n", lines));
      }
      wait(leftMillis);
    }
  }

  /**
   * Waits until it has ended by itself.
   *
   * @return its exit code
   * @throws SoftHsmException if it still runs after {@code limit}
   */
  public int awaitExit(Duration limit) throws InterruptedException {
    if (!process.waitFor(limit.toMillis(), TimeUnit.MILLISECONDS)) {
      throw new SoftHsmException("process " + pid() + " still runs after " + limit);
    }
    reader.join();
    return process.exitValue();
  }

  /** Ends it as {@code kill -9} does, and waits until it is gone. Idempotent. */
  @Override
  public void close() {
    process.destroyForcibly();
    process.onExit().join();
  }

  private void read() {
    try (BufferedReader output = process.inputReader(StandardCharsets.UTF_8)) {
      for (String line = output.readLine(); line != null; line = output.readLine()) {
        add(line);
      }
    } catch (IOException e) {
      add("(output could not be read: " + e.getMessage() + ")");
    } finally {
      end();
    }
  }

  private synchronized void add(String line) {
    lines.add(line);
    notifyAll();
  }

  private synchronized void end() {
    ended = true;
    notifyAll();
  }
}
