package io.strongroom.custody.secret;

import static java.lang.foreign.ValueLayout.JAVA_BYTE;
import static java.lang.foreign.ValueLayout.JAVA_INT;

import java.lang.foreign.Arena;
import java.lang.foreign.MemorySegment;

/**
 * A terminal whose echo is off ({@code termios(3)}, Linux), until it is closed or the process ends
 * in any way but by force; then it is as before. It cannot be suspended meanwhile, as that would
 * leave the echo off. Turning echo on or off throws away what was typed and not read, so that
 * nothing typed ahead is shown or taken for the next answer. For one thread at a time.
 */
public final class Terminal implements AutoCloseable {

  private static final int TERMIOS_BYTES = 256;
  private static final int LOCAL_FLAGS = 12;
  private static final int ECHO = 0x8;
  private static final int ECHO_NEWLINE = 0x40;
  private static final int SPECIAL_CHARACTERS = 17;
  private static final int QUIT = 1;
  private static final int SUSPEND = 10;

  private final int fd;
  private final Arena arena;
  private final MemorySegment before;
  private final MemorySegment now;
  private final ExitHook hook;

  private Terminal(int fd, Arena arena, MemorySegment before, MemorySegment now) {
    this.fd = fd;
    this.arena = arena;
    this.before = before;
    this.now = now;
    this.hook = ExitHook.add(() -> Libc.tcsetattr(fd, before));
  }

  /** Whether a file descriptor is a terminal. */
  public static boolean isTerminal(int fd) {
    return Libc.isatty(fd);
  }

  /**
   * Turns echo off.
   *
   * @throws IllegalStateException if the descriptor is no terminal
   */
  public static Terminal open(int fd) {
    Libc.requireLinux();
    Arena arena = Arena.ofShared();
    MemorySegment before = arena.allocate(TERMIOS_BYTES, 8);
    MemorySegment now = arena.allocate(TERMIOS_BYTES, 8);
    if (!Libc.tcgetattr(fd, before)) {
      arena.close();
      throw new IllegalStateException("file descriptor " + fd + " is no terminal");
    }
    now.copyFrom(before);
    now.set(JAVA_BYTE, SPECIAL_CHARACTERS + QUIT, (byte) 0);
    now.set(JAVA_BYTE, SPECIAL_CHARACTERS + SUSPEND, (byte) 0);
    Terminal terminal = new Terminal(fd, arena, before, now);
    terminal.echo(false);
    return terminal;
  }

  /**
   * Turns echo on or off.
   *
   * @throws IllegalStateException if the terminal does not do it, for a hidden prompt may not be
   *     shown then
   */
  public void echo(boolean on) {
    int flags = now.get(JAVA_INT, LOCAL_FLAGS);
    int both = ECHO | ECHO_NEWLINE;
    int wanted = on ? flags | ECHO : flags & ~both;
    now.set(JAVA_INT, LOCAL_FLAGS, wanted);
    if (!Libc.tcsetattr(fd, now) || !Libc.tcgetattr(fd, now)) {
      throw new IllegalStateException("the terminal cannot be set; use another one");
    }
    boolean isOn = (now.get(JAVA_INT, LOCAL_FLAGS) & ECHO) != 0;
    if (isOn != on) {
      throw new IllegalStateException("the terminal does not turn its echo off; use another one");
    }
  }

  /** Sets the terminal as it was. Idempotent. */
  @Override
  public void close() {
    if (arena.scope().isAlive()) {
      Libc.tcsetattr(fd, before);
      hook.remove();
      // The hook may be at work just now, so the arena is left to the end of the process.
    }
  }
}
