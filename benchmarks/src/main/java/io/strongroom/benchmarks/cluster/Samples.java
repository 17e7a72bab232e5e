package io.strongroom.benchmarks.cluster;

import java.util.Arrays;

/** When operations ended and how long each took. Grows; confined to one operation at a time. */
final class Samples {
  private static final int FIRST_ROOM = 1024;

  private long[] endNanos = new long[FIRST_ROOM];
  private long[] tookNanos = new long[FIRST_ROOM];
  private int count;

  /**
   * Adds one.
   *
   * @param failed kept as a negative time
   */
  void add(long startNanos, long end, boolean failed) {
    if (count == endNanos.length) {
      endNanos = Arrays.copyOf(endNanos, 2 * count);
      tookNanos = Arrays.copyOf(tookNanos, 2 * count);
    }
    endNanos[count] = end;
    tookNanos[count] = failed ? -(end - startNanos) : end - startNanos;
    count++;
  }

  void addAll(Samples other) {
    endNanos = Arrays.copyOf(endNanos, Math.max(FIRST_ROOM, count + other.count));
    tookNanos = Arrays.copyOf(tookNanos, endNanos.length);
    System.arraycopy(other.endNanos, 0, endNanos, count, other.count);
    System.arraycopy(other.tookNanos, 0, tookNanos, count, other.count);
    count += other.count;
  }

  int size() {
    return count;
  }

  long endNanos(int i) {
    return endNanos[i];
  }

  /** How long it took; negative if it failed. */
  long tookNanos(int i) {
    return tookNanos[i];
  }

  int failed() {
    return Math.toIntExact(Arrays.stream(tookNanos, 0, count).filter(t -> t < 0).count());
  }

  /** Those that ended in this time, the end excluded. */
  Samples between(long fromNanos, long toNanos) {
    Samples part = new Samples();
    for (int i = 0; i < count; i++) {
      if (endNanos[i] - fromNanos >= 0 && endNanos[i] - toNanos < 0) {
        part.add(endNanos[i] - Math.abs(tookNanos[i]), endNanos[i], tookNanos[i] < 0);
      }
    }
    return part;
  }

  /** A quantile of the time that operations took, failed ones too; 0 if there are none. */
  long quantileNanos(double quantile) {
    long[] sorted = Arrays.stream(tookNanos, 0, count).map(Math::abs).sorted().toArray();
    return count == 0 ? 0 : sorted[(int) Math.min(count - 1L, (long) (quantile * count))];
  }
}
