package io.strongroom.custody.secret;

import io.strongroom.custody.CustodyException;
import io.strongroom.custody.CustodyException.Reason;
import java.lang.foreign.Arena;
import java.lang.foreign.MemorySegment;

/**
 * A few pages outside the heap for secrets: locked against swapping ({@code mlock(2)}), kept out of
 * core files ({@code madvise(2)}, {@code MADV_DONTDUMP}), made zero when it is closed and when the
 * process ends in any way but by force. Secrets are handed out one after the other and given back
 * all at once. For one thread at a time.
 */
public final class SecretMemory implements AutoCloseable {

  /** How much there is for secrets. */
  static final int BYTES = 16 * 1024;

  private static final int ALIGNMENT = 16;
  private static final int RANDOM_AT_ONCE = 256;

  private final Arena arena;
  private final MemorySegment pages;
  private final boolean locked;
  private final ExitHook hook;
  private int used;

  private SecretMemory(Arena arena, MemorySegment pages, boolean locked) {
    this.arena = arena;
    this.pages = pages;
    this.locked = locked;
    // The arena stays open there: another thread may be reading into it.
    this.hook = ExitHook.add(() -> pages.fill((byte) 0));
  }

  /**
   * Allocates the pages and tries to lock them.
   *
   * @throws CustodyException.Unavailable if this is not Linux
   */
  public static SecretMemory allocate() {
    Libc.requireLinux();
    Arena arena = Arena.ofShared();
    MemorySegment pages = arena.allocate(BYTES, Libc.pageBytes());
    boolean locked = Libc.mlock(pages);
    Libc.dontDump(pages);
    return new SecretMemory(arena, pages, locked);
  }

  /** Whether the pages can never be swapped out. */
  public boolean locked() {
    return locked;
  }

  /**
   * A fresh secret, zero.
   *
   * @throws IllegalStateException if all memory is in use
   */
  public Secret secret(int bytes) {
    int whole = (bytes + ALIGNMENT - 1) / ALIGNMENT * ALIGNMENT;
    int next = used + whole;
    if (next > BYTES) {
      throw new IllegalStateException(
          "%d bytes of secret memory are used up; allocate another one".formatted(BYTES));
    }
    Secret secret = new Secret(pages.asSlice(used, bytes));
    used = next;
    return secret;
  }

  /**
   * Fills a secret from the kernel's random source ({@code getrandom(2)}, which waits until that is
   * seeded).
   *
   * @throws CustodyException.Unavailable if the kernel has none
   */
  public static void randomise(Secret secret) {
    for (int from = 0; from < secret.size(); from += RANDOM_AT_ONCE) {
      Secret part = secret.slice(from, Math.min(RANDOM_AT_ONCE, secret.size() - from));
      if (!Libc.getrandom(part.memory())) {
        throw new CustodyException.Unavailable(
            Reason.UNPROTECTED, "the kernel gives no random bytes; hold the ceremony elsewhere");
      }
    }
  }

  /** Makes everything zero and gives the pages back. Idempotent. */
  @Override
  public void close() {
    if (arena.scope().isAlive()) {
      pages.fill((byte) 0);
      hook.remove();
      if (locked) {
        Libc.munlock(pages);
      }
      arena.close();
    }
  }
}
