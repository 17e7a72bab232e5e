package io.strongroom.cli;

import java.io.Console;
import java.io.PrintWriter;
import java.util.Locale;
import picocli.CommandLine.Model.CommandSpec;

/** How far long work has come, on a terminal only: one line that is written over. */
final class Progress {

  private final PrintWriter err;
  private final String what;
  private final boolean terminal;

  private Progress(PrintWriter err, String what, boolean terminal) {
    this.err = err;
    this.what = what;
    this.terminal = terminal;
  }

  /** Tells on standard error, if that is a terminal. */
  @SuppressWarnings("SystemConsoleNull") // It is null unless jdk.console says jdk.internal.le.
  static Progress onTerminal(CommandSpec spec, String what) {
    Console console = System.console();
    boolean terminal = console != null && console.isTerminal();
    return new Progress(spec.commandLine().getErr(), what, terminal);
  }

  /** So many are done. */
  void at(long count) {
    if (terminal) {
      err.print(String.format(Locale.ROOT, "\r%,d %s", count, what));
      err.flush();
    }
  }
}
