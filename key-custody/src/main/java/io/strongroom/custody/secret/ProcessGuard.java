package io.strongroom.custody.secret;

import static java.lang.foreign.ValueLayout.JAVA_LONG;

import java.io.IOException;
import java.lang.foreign.Arena;
import java.lang.foreign.MemorySegment;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.stream.Stream;

/**
 * What keeps other processes and the disk away from this one. Immutable.
 *
 * @param allLocked no page of the process can be swapped out
 * @param undumpable the process writes no core file and no other one of this user can attach to it
 */
public record ProcessGuard(boolean allLocked, boolean undumpable) {

  private static final String EFFECTIVE = "CapEff:";
  private static final int CAP_IPC_LOCK = 14;

  /**
   * Guards this process for the rest of its life: {@code RLIMIT_CORE} 0, {@code PR_SET_DUMPABLE} 0,
   * and {@code mlockall(2)} where locked memory is not limited for it: by its capability, or
   * because the limit is infinite or can be made so. With a limit that stays, locking everything
   * would make a later allocation of the JVM fail.
   *
   * @throws io.strongroom.custody.CustodyException.Unavailable if this is not Linux
   */
  public static ProcessGuard guard() {
    Libc.requireLinux();
    try (Arena arena = Arena.ofConfined()) {
      MemorySegment rlimit = arena.allocate(JAVA_LONG, 2);
      boolean noCore = Libc.limitCoreFiles(rlimit);
      boolean undumpable = Libc.setUndumpable();
      boolean unlimited = mayLockMemory() || Libc.unlimitLockedMemory(rlimit);
      boolean allLocked = unlimited && Libc.mlockall();
      return new ProcessGuard(allLocked, noCore && undumpable);
    }
  }

  /** Whether CAP_IPC_LOCK is in effect (capabilities(7), proc(5)). */
  private static boolean mayLockMemory() {
    try (Stream<String> status = Files.lines(Path.of("/proc/self/status"))) {
      return status
          .filter(line -> line.startsWith(EFFECTIVE))
          .map(line -> Long.parseUnsignedLong(line.substring(EFFECTIVE.length()).strip(), 16))
          .anyMatch(capabilities -> ((capabilities >>> CAP_IPC_LOCK) & 1) == 1);
    } catch (IOException e) {
      return false;
    }
  }
}
