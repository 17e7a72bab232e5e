package io.strongroom.cli.ceremony;

import io.strongroom.custody.CustodyException;
import io.strongroom.custody.CustodyException.Reason;
import io.strongroom.custody.secret.Secret;
import io.strongroom.custody.secret.SecretLines;
import io.strongroom.custody.secret.SecretMemory;
import io.strongroom.custody.secret.Terminal;
import java.io.PrintWriter;

/** A terminal: standard input, and standard error for what is shown. */
public final class TerminalDesk implements Desk {

  static final int MAX_TEXT = 60;

  private static final int IN = 0;
  private static final int ERR = 2;

  /** Cursor home, erase the screen, erase what was scrolled away (ECMA-48, xterm). */
  private static final String CLEAR = "\u001b[H\u001b[2J\u001b[3J";

  private final Terminal terminal;
  private final SecretLines lines;
  private final PrintWriter screen;

  private TerminalDesk(Terminal terminal, SecretLines lines, PrintWriter screen) {
    this.terminal = terminal;
    this.lines = lines;
    this.screen = screen;
  }

  /** Whether standard input and standard error are both a terminal. */
  public static boolean isThere() {
    return Terminal.isTerminal(IN) && Terminal.isTerminal(ERR);
  }

  /**
   * Opens the terminal, its echo off.
   *
   * @param screen writes to standard error
   * @throws CustodyException.Refused if standard input or standard error is no terminal
   */
  public static TerminalDesk open(SecretMemory memory, PrintWriter screen) {
    if (!isThere()) {
      throw new CustodyException.Refused(
          Reason.UNPROTECTED,
          "standard input and standard error are not both a terminal; hold the ceremony at a"
              + " terminal, or ask for --components-from-fd by name");
    }
    return new TerminalDesk(Terminal.open(IN), new SecretLines(IN, memory), screen);
  }

  @Override
  public boolean attended() {
    return true;
  }

  @Override
  public void say(String... more) {
    for (String line : more) {
      screen.println(line);
    }
    screen.flush();
  }

  /** Shows a secret, straight from its memory. */
  public void show(Secret text) {
    screen.flush();
    SecretLines.write(ERR, text);
    screen.println();
    screen.flush();
  }

  @Override
  public void clear() {
    screen.print(CLEAR);
    screen.flush();
  }

  @Override
  public Secret hidden(String prompt) {
    terminal.echo(false);
    ask(prompt);
    Secret line = lines.next();
    screen.println();
    screen.flush();
    return line;
  }

  @Override
  public String visible(String prompt) {
    terminal.echo(true);
    ask(prompt);
    try {
      String text = lines.nextText(MAX_TEXT);
      if (text == null) {
        clear();
        throw new CustodyException.BadInput(
            Reason.COMPONENT,
            "the answer has more than %d characters; a component does not belong here"
                .formatted(MAX_TEXT));
      }
      return text;
    } finally {
      terminal.echo(false);
    }
  }

  private void ask(String prompt) {
    screen.print(prompt);
    screen.flush();
  }

  @Override
  public void forget() {
    lines.wipe();
  }

  @Override
  public void close() {
    lines.wipe();
    terminal.close();
  }
}
