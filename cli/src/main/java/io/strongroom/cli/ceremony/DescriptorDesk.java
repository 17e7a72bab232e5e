package io.strongroom.cli.ceremony;

import io.strongroom.custody.CustodyException;
import io.strongroom.custody.CustodyException.Reason;
import io.strongroom.custody.secret.Secret;
import io.strongroom.custody.secret.SecretLines;
import io.strongroom.custody.secret.SecretMemory;

/** A file descriptor that a program writes lines into. Nobody is there to be told anything. */
public final class DescriptorDesk implements Desk {

  private final SecretLines lines;

  /** Reads from this file descriptor. */
  public DescriptorDesk(int fd, SecretMemory memory) {
    this.lines = new SecretLines(fd, memory);
  }

  @Override
  public boolean attended() {
    return false;
  }

  @Override
  public void say(String... more) {}

  @Override
  public void clear() {}

  @Override
  public Secret hidden(String prompt) {
    return lines.next();
  }

  @Override
  public String visible(String prompt) {
    String text = lines.nextText(TerminalDesk.MAX_TEXT);
    if (text == null) {
      throw new CustodyException.BadInput(
          Reason.COMPONENT, "a check value is 6 hexadecimal digits; a longer line was read");
    }
    return text;
  }

  @Override
  public void forget() {
    lines.wipe();
  }

  @Override
  public void close() {
    lines.wipe();
  }
}
