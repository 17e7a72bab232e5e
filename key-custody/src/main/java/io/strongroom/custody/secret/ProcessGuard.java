package io.strongroom.custody.secret;

import static java.lang.foreign.ValueLayout.JAVA_LONG;

import java.lang.foreign.Arena;
import java.lang.foreign.MemorySegment;

/**
 * What keeps other processes and the disk away from this one. Immutable.
 *
 * @param allLocked no page of the process can be swapped out
 * @param undumpable the process writes no core file and no other one of this user can attach to it
 */
public record ProcessGuard(boolean allLocked, boolean undumpable) {

  /**
   * Guards this process for the rest of its life: {@code RLIMIT_CORE} 0, {@code PR_SET_DUMPABLE} 0,
   * and {@code mlockall(2)} where locked memory is not limited, or can be unlimited. With a limit
   * that stays, locking everything would make a later allocation of the JVM fail.
   *
   * @throws io.strongroom.custody.CustodyException.Unavailable if this is not Linux
   */
  public static ProcessGuard guard() {
    Libc.requireLinux();
    try (Arena arena = Arena.ofConfined()) {
      MemorySegment rlimit = arena.allocate(JAVA_LONG, 2);
      boolean noCore = Libc.limitCoreFiles(rlimit);
      boolean undumpable = Libc.setUndumpable();
      boolean allLocked = Libc.unlimitLockedMemory(rlimit) && Libc.mlockall();
      return new ProcessGuard(allLocked, noCore && undumpable);
    }
  }
}
