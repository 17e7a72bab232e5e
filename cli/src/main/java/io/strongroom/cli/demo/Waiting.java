package io.strongroom.cli.demo;

import java.time.Duration;
import java.util.concurrent.TimeUnit;
import java.util.function.Predicate;
import java.util.function.Supplier;

/** Waits for something that other processes do. */
final class Waiting {
  private static final long PAUSE_MILLIS = 50;

  private Waiting() {}

  /**
   * Looks again and again until what it sees is so.
   *
   * @param what what is waited for, for the message
   * @return what was seen
   * @throws IllegalStateException after the limit; the message has what was seen last
   */
  static <T> T until(Duration limit, String what, Supplier<T> look, Predicate<T> so) {
    long end = System.nanoTime() + limit.toNanos();
    T seen = look.get();
    while (!so.test(seen)) {
      if (System.nanoTime() > end) {
        throw new IllegalStateException(
            "waited " + limit.toSeconds() + " s in vain until " + what + "; last seen: " + seen);
      }
      try {
        TimeUnit.MILLISECONDS.sleep(PAUSE_MILLIS);
      } catch (InterruptedException e) {
        Thread.currentThread().interrupt();
        throw new IllegalStateException("interrupted while waiting until " + what, e);
      }
      seen = look.get();
    }
    return seen;
  }
}
