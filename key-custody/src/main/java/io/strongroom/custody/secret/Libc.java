package io.strongroom.custody.secret;

import static java.lang.foreign.ValueLayout.ADDRESS;
import static java.lang.foreign.ValueLayout.JAVA_INT;
import static java.lang.foreign.ValueLayout.JAVA_LONG;

import io.strongroom.custody.CustodyException;
import io.strongroom.custody.CustodyException.Reason;
import io.strongroom.custody.secret.NativeCall.Answer;
import java.lang.foreign.FunctionDescriptor;
import java.lang.foreign.Linker;
import java.lang.foreign.MemorySegment;

/** The system calls that keep secrets to themselves, by the names of their manual pages. */
final class Libc {

  static final int EINTR = 4;

  private static final int PR_SET_DUMPABLE = 4;
  private static final int RLIMIT_CORE = 4;
  private static final int RLIMIT_MEMLOCK = 8;
  private static final int MADV_DONTDUMP = 16;
  private static final int MCL_CURRENT_FUTURE_ONFAULT = 1 | 2 | 4;
  private static final int SC_PAGESIZE = 30;
  private static final int TCSAFLUSH = 2;

  private static final NativeCall SYSCONF =
      of("sysconf", FunctionDescriptor.of(JAVA_LONG, JAVA_INT));
  private static final NativeCall MLOCK =
      of("mlock", FunctionDescriptor.of(JAVA_INT, ADDRESS, JAVA_LONG));
  private static final NativeCall MUNLOCK =
      of("munlock", FunctionDescriptor.of(JAVA_INT, ADDRESS, JAVA_LONG));
  private static final NativeCall MADVISE =
      of("madvise", FunctionDescriptor.of(JAVA_INT, ADDRESS, JAVA_LONG, JAVA_INT));
  private static final NativeCall MLOCKALL =
      of("mlockall", FunctionDescriptor.of(JAVA_INT, JAVA_INT));
  private static final NativeCall PRCTL =
      of(
          "prctl",
          FunctionDescriptor.of(JAVA_INT, JAVA_INT, JAVA_LONG, JAVA_LONG, JAVA_LONG, JAVA_LONG),
          Linker.Option.firstVariadicArg(1));
  private static final NativeCall SETRLIMIT =
      of("setrlimit", FunctionDescriptor.of(JAVA_INT, JAVA_INT, ADDRESS));
  private static final NativeCall GETRANDOM =
      of("getrandom", FunctionDescriptor.of(JAVA_LONG, ADDRESS, JAVA_LONG, JAVA_INT));
  private static final NativeCall READ =
      of("read", FunctionDescriptor.of(JAVA_LONG, JAVA_INT, ADDRESS, JAVA_LONG));
  private static final NativeCall WRITE =
      of("write", FunctionDescriptor.of(JAVA_LONG, JAVA_INT, ADDRESS, JAVA_LONG));
  private static final NativeCall ISATTY = of("isatty", FunctionDescriptor.of(JAVA_INT, JAVA_INT));
  private static final NativeCall TCGETATTR =
      of("tcgetattr", FunctionDescriptor.of(JAVA_INT, JAVA_INT, ADDRESS));
  private static final NativeCall TCSETATTR =
      of("tcsetattr", FunctionDescriptor.of(JAVA_INT, JAVA_INT, JAVA_INT, ADDRESS));

  private Libc() {}

  /**
   * Makes sure that the numbers and layouts above are this system's.
   *
   * @throws CustodyException.Unavailable if it is not Linux
   */
  static void requireLinux() {
    String system = System.getProperty("os.name");
    if (!"Linux".equals(system)) {
      throw new CustodyException.Unavailable(
          Reason.UNPROTECTED,
          "secrets are entered on Linux only, and this is %s; hold the ceremony on a Linux machine"
              .formatted(system));
    }
  }

  static long pageBytes() {
    return SYSCONF.number(SC_PAGESIZE).value();
  }

  /** Keeps pages out of the swap space; false if the system does not allow it. */
  static boolean mlock(MemorySegment pages) {
    return MLOCK.number(pages, pages.byteSize()).value() == 0;
  }

  static void munlock(MemorySegment pages) {
    MUNLOCK.number(pages, pages.byteSize());
  }

  /** Keeps pages out of core files. */
  static boolean dontDump(MemorySegment pages) {
    return MADVISE.number(pages, pages.byteSize(), MADV_DONTDUMP).value() == 0;
  }

  /** Keeps every page of the process, from when it is first used, out of the swap space. */
  static boolean mlockall() {
    return MLOCKALL.number(MCL_CURRENT_FUTURE_ONFAULT).value() == 0;
  }

  static boolean setUndumpable() {
    return PRCTL.number(PR_SET_DUMPABLE, 0L, 0L, 0L, 0L).value() == 0;
  }

  /** Soft and hard limit of the size of core files to nothing. */
  static boolean limitCoreFiles(MemorySegment rlimit) {
    return setLimit(RLIMIT_CORE, rlimit, 0);
  }

  /** Soft and hard limit of locked memory to infinity, where that is allowed. */
  static boolean unlimitLockedMemory(MemorySegment rlimit) {
    return setLimit(RLIMIT_MEMLOCK, rlimit, -1);
  }

  private static boolean setLimit(int resource, MemorySegment rlimit, long value) {
    rlimit.set(JAVA_LONG, 0, value);
    rlimit.set(JAVA_LONG, 8, value);
    return SETRLIMIT.number(resource, rlimit).value() == 0;
  }

  /** Random bytes from the kernel, at most 256 at a time, so that it never gives fewer. */
  static boolean getrandom(MemorySegment into) {
    return GETRANDOM.number(into, into.byteSize(), 0).value() == into.byteSize();
  }

  static Answer read(int fd, MemorySegment into) {
    return READ.number(fd, into, into.byteSize());
  }

  static Answer write(int fd, MemorySegment from) {
    return WRITE.number(fd, from, from.byteSize());
  }

  static boolean isatty(int fd) {
    return ISATTY.number(fd).value() == 1;
  }

  static boolean tcgetattr(int fd, MemorySegment termios) {
    return TCGETATTR.number(fd, termios).value() == 0;
  }

  /** Sets the terminal once all output is out; what was typed and not read is thrown away. */
  static boolean tcsetattr(int fd, MemorySegment termios) {
    return TCSETATTR.number(fd, TCSAFLUSH, termios).value() == 0;
  }

  private static NativeCall of(String name, FunctionDescriptor type, Linker.Option... options) {
    return NativeCall.of(Linker.nativeLinker().defaultLookup(), name, type, options);
  }
}
