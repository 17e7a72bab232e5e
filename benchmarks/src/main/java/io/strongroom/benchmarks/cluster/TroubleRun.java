package io.strongroom.benchmarks.cluster;

import java.util.concurrent.TimeUnit;

/**
 * What a load felt of a trouble. Immutable.
 *
 * @param trouble what befell one of the nodes
 * @param subject whose load it was
 * @param operations how many operations ended
 * @param failed how many of them failed
 * @param perSecondBefore the rate before
 * @param perSecondAfter the rate of the last quarter, the trouble still there
 * @param recoveryMillis how long after its begin the rate was at 0.9 of that; -1 for never
 * @param p99BeforeMicros the 99th percentile before
 * @param p99FirstSecondMicros in the first second of it
 * @param p99AfterMicros in the last quarter
 * @param longestMillis the longest operation
 */
record TroubleRun(
    Trouble trouble,
    Subject subject,
    long operations,
    long failed,
    double perSecondBefore,
    double perSecondAfter,
    long recoveryMillis,
    double p99BeforeMicros,
    double p99FirstSecondMicros,
    double p99AfterMicros,
    double longestMillis) {
  private static final long SECOND = TimeUnit.SECONDS.toNanos(1);
  private static final long WINDOW = TimeUnit.MILLISECONDS.toNanos(250);
  private static final long STEP = TimeUnit.MILLISECONDS.toNanos(10);
  private static final double FULL = 0.9;

  /**
   * Looks at a recording.
   *
   * @param troubleNanos when it began
   */
  static TroubleRun of(Trouble trouble, Subject subject, Recording recording, long troubleNanos) {
    long end = recording.endNanos();
    long lateFrom = end - (end - troubleNanos) / 3;
    Samples all = recording.samples();
    // The first part of what is before still warms up.
    long earlyFrom = troubleNanos - (troubleNanos - recording.beginNanos()) / 2;
    Samples before = all.between(earlyFrom, troubleNanos);
    Samples after = all.between(lateFrom, end);
    double rateAfter = perSecond(after, lateFrom, end);
    return new TroubleRun(
        trouble,
        subject,
        all.size(),
        all.failed(),
        perSecond(before, earlyFrom, troubleNanos),
        rateAfter,
        recoveryMillis(all, troubleNanos, end, rateAfter),
        before.quantileNanos(0.99) / 1e3,
        all.between(troubleNanos, troubleNanos + SECOND).quantileNanos(0.99) / 1e3,
        after.quantileNanos(0.99) / 1e3,
        all.quantileNanos(1) / 1e6);
  }

  private static double perSecond(Samples samples, long fromNanos, long toNanos) {
    return (samples.size() - samples.failed()) * 1e9 / (toNanos - fromNanos);
  }

  private static long recoveryMillis(Samples all, long fromNanos, long endNanos, double full) {
    for (long at = fromNanos; at + WINDOW <= endNanos; at += STEP) {
      if (perSecond(all.between(at, at + WINDOW), at, at + WINDOW) >= FULL * full) {
        return TimeUnit.NANOSECONDS.toMillis(at - fromNanos);
      }
    }
    return -1;
  }
}
