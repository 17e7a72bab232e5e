package io.strongroom.custody.secret;

import static java.lang.foreign.ValueLayout.JAVA_BYTE;

import io.strongroom.custody.CustodyException;
import io.strongroom.custody.CustodyException.Reason;
import java.lang.foreign.MemorySegment;
import java.nio.charset.StandardCharsets;

/**
 * Lines from and to a file descriptor that never see the heap: {@code read(2)} and {@code write(2)}
 * on secret memory. For one thread at a time.
 */
public final class SecretLines {

  private static final int MAX_LINE_BYTES = 512;

  private final int fd;
  private final Secret line;

  /** Lines of a file descriptor, each of up to 512 bytes. */
  public SecretLines(int fd, SecretMemory memory) {
    this.fd = fd;
    this.line = memory.secret(MAX_LINE_BYTES);
  }

  /**
   * The next line, without its end; a view that is good until the next one is read, and that the
   * caller wipes. One byte is read at a time: what is behind the line belongs to somebody else.
   *
   * @throws CustodyException.Refused if the input ends before the line does
   * @throws CustodyException.BadInput if the line is too long; all of it is read
   */
  public Secret next() {
    line.wipe();
    int length = 0;
    boolean tooLong = false;
    Secret one = line.slice(MAX_LINE_BYTES - 1, 1);
    for (readInto(one); one.at(0) != '\n'; readInto(one)) {
      if (length == MAX_LINE_BYTES - 1) {
        tooLong = true;
      } else {
        line.set(length++, one.at(0));
      }
    }
    one.wipe();
    if (tooLong) {
      line.wipe();
      throw new CustodyException.BadInput(
          Reason.COMPONENT,
          "the line has more than %d characters; enter one component, and nothing else"
              .formatted(MAX_LINE_BYTES - 1));
    }
    boolean carriageReturn = length > 0 && line.at(length - 1) == '\r';
    return line.first(carriageReturn ? length - 1 : length);
  }

  /** Wipes what was read last. */
  public void wipe() {
    line.wipe();
  }

  /**
   * A line that is no secret as a text, or nothing if it is longer than that: then it may be a
   * secret in the wrong place.
   *
   * @return null if the line is longer
   */
  public @org.jspecify.annotations.Nullable String nextText(int maxBytes) {
    Secret next = next();
    try {
      return next.size() > maxBytes
          ? null
          : new String(next.memory().toArray(JAVA_BYTE), StandardCharsets.UTF_8).strip();
    } finally {
      line.wipe();
    }
  }

  /**
   * Writes secret bytes.
   *
   * @throws CustodyException.Refused if they cannot be written
   */
  public static void write(int fd, Secret text) {
    MemorySegment rest = text.memory();
    while (rest.byteSize() > 0) {
      NativeCall.Answer answer = Libc.write(fd, rest);
      if (answer.value() > 0) {
        rest = rest.asSlice(answer.value());
      } else if (answer.errno() != Libc.EINTR) {
        throw new CustodyException.Refused(
            Reason.UNPROTECTED, "the terminal cannot be written; the ceremony is over");
      }
    }
  }

  private void readInto(Secret one) {
    NativeCall.Answer answer = Libc.read(fd, one.memory());
    while (answer.value() < 0 && answer.errno() == Libc.EINTR) {
      answer = Libc.read(fd, one.memory());
    }
    if (answer.value() != 1) {
      line.wipe();
      throw new CustodyException.Refused(
          Reason.ABANDONED, "the input ended; the ceremony is over, and nothing is left of it");
    }
  }
}
