package io.strongroom.cluster.balance;

import java.time.Duration;

/**
 * When a node is taken out and how it comes back.
 *
 * @param failuresToEject how many failures in a row eject a serving node
 * @param failuresOf32ToEject how many failures among the last 32 operations do
 * @param firstProbe how long after an ejection the first probe goes out; doubles with each failure
 * @param longestProbe the longest time between probes
 * @param ramp how long a returning node takes to get its full share again
 * @param firstShare the share of its turns that a returning node takes at first, 0 to 1
 */
public record HealthPolicy(
    int failuresToEject,
    int failuresOf32ToEject,
    Duration firstProbe,
    Duration longestProbe,
    Duration ramp,
    double firstShare) {

  /**
   * Three failures, or half of the last 32; probes after 100 ms to 2 s; 5 s from a tenth of the
   * share to all of it.
   */
  public static final HealthPolicy DEFAULT =
      new HealthPolicy(
          3, 16, Duration.ofMillis(100), Duration.ofSeconds(2), Duration.ofSeconds(5), 0.1);

  /** How long to wait for the next probe after so many failed ones. */
  Duration untilProbe(int failedProbes) {
    long nanos = firstProbe.toNanos() << Math.min(failedProbes, 20);
    return Duration.ofNanos(Math.min(nanos, longestProbe.toNanos()));
  }

  /** The share of its turns that a node takes so long after it came back, 0 to 1. */
  double shareAfter(Duration back) {
    double grown = (double) back.toNanos() / ramp.toNanos();
    return Math.min(1, firstShare + (1 - firstShare) * grown);
  }
}
