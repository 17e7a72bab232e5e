package io.strongroom.cli;

import java.io.PrintWriter;
import java.time.Duration;
import picocli.CommandLine.Model.CommandSpec;

/**
 * How far long work is, on standard error: one line that changes on a terminal, a plain line now
 * and then elsewhere. For one thread.
 */
final class ProgressLine implements AutoCloseable {
  private static final Duration ON_TERMINAL = Duration.ofMillis(200);
  private static final Duration ELSEWHERE = Duration.ofSeconds(10);

  private final PrintWriter err;
  private final String what;
  private final boolean terminal;
  private long lastNanos;
  private boolean shown;

  private ProgressLine(PrintWriter err, String what, boolean terminal) {
    this.err = err;
    this.what = what;
    this.terminal = terminal;
    this.lastNanos = System.nanoTime();
  }

  static ProgressLine of(CommandSpec spec, String what) {
    java.io.Console console = System.console();
    return new ProgressLine(
        spec.commandLine().getErr(), what, console != null && console.isTerminal());
  }

  /** Tells this, if it is time to. */
  void update(String state) {
    long now = System.nanoTime();
    if (now - lastNanos < (terminal ? ON_TERMINAL : ELSEWHERE).toNanos()) {
      return;
    }
    lastNanos = now;
    shown = true;
    err.print(terminal ? "\r" + what + " " + state : what + " " + state + System.lineSeparator());
    err.flush();
  }

  @Override
  public void close() {
    if (shown && terminal) {
      err.println();
    }
  }
}
