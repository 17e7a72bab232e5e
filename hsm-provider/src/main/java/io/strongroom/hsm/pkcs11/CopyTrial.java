package io.strongroom.hsm.pkcs11;

import java.util.Arrays;

/**
 * Finds out whether a key's session copy is faster than the key: has the next calls done with one
 * and the other by turns, and compares their medians, which a pause now and then does not change.
 * Safe for use by many threads.
 */
final class CopyTrial {
  static final int CALLS_EACH = 12;
  // Less is not worth a second object, and may be chance.
  private static final double WORTHWHILE = 0.95;

  private final long[] keyNanos = new long[CALLS_EACH];
  private final long[] copyNanos = new long[CALLS_EACH];
  private int keyCalls;
  private int copyCalls;
  private boolean copyNext;

  /** Whether the next call should use the copy. */
  synchronized boolean next() {
    copyNext = !copyNext;
    return copyNext;
  }

  /** Takes note of a call that succeeded. */
  synchronized void took(boolean withCopy, long nanos) {
    if (withCopy && copyCalls < CALLS_EACH) {
      copyNanos[copyCalls++] = nanos;
    }
    if (!withCopy && keyCalls < CALLS_EACH) {
      keyNanos[keyCalls++] = nanos;
    }
  }

  /** Whether there were enough calls to tell. */
  synchronized boolean isDecided() {
    return keyCalls == CALLS_EACH && copyCalls == CALLS_EACH;
  }

  /** Whether the copy is faster, once it is decided. */
  synchronized boolean copyIsFaster() {
    return median(copyNanos) < median(keyNanos) * WORTHWHILE;
  }

  private static long median(long[] nanos) {
    long[] sorted = nanos.clone();
    Arrays.sort(sorted);
    return sorted[sorted.length / 2];
  }
}
