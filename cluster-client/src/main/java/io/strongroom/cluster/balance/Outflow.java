package io.strongroom.cluster.balance;

import java.time.Duration;

/** How fast a queue moves, seen over the last half second to second. */
final class Outflow {

  private static final long WINDOW_NANOS = Duration.ofMillis(500).toNanos();

  private long sinceNanos;
  private long present;
  private long before;
  private boolean hasBefore;

  Outflow(long nowNanos) {
    this.sinceNanos = nowNanos;
  }

  /** One has left the queue to be served. */
  void left(long nowNanos) {
    roll(nowNanos);
    present++;
  }

  /** How long so many will take to be served; zero if that cannot be told. */
  Duration timeFor(int waiters, long nowNanos) {
    roll(nowNanos);
    long served = present + before;
    if (!hasBefore || served == 0) {
      return Duration.ZERO;
    }
    double nanosEach = (double) (nowNanos - sinceNanos + WINDOW_NANOS) / served;
    return Duration.ofNanos((long) (waiters * nanosEach));
  }

  private void roll(long nowNanos) {
    long windows = (nowNanos - sinceNanos) / WINDOW_NANOS;
    if (windows > 0) {
      before = windows == 1 ? present : 0;
      present = 0;
      hasBefore = true;
      sinceNanos += windows * WINDOW_NANOS;
    }
  }
}
