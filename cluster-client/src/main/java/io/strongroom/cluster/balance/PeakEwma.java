package io.strongroom.cluster.balance;

import java.time.Duration;

/**
 * A latency estimate that jumps up at once and comes down slowly: an exponentially weighted moving
 * average whose rises are not smoothed, so that a node that turns slow is avoided from its first
 * slow answer.
 */
public final class PeakEwma {

  private final double windowNanos;
  private double estimateNanos;
  private long lastNanos;
  private boolean observed;

  /**
   * An estimate without an observation.
   *
   * @param window how long an old observation weighs: after this time 1/e of it is left
   */
  public PeakEwma(Duration window) {
    this.windowNanos = window.toNanos();
  }

  /** Takes an observation in. */
  public void observe(long nowNanos, Duration latency) {
    double latencyNanos = latency.toNanos();
    if (!observed || latencyNanos > estimateNanos) {
      estimateNanos = latencyNanos;
    } else {
      double old = Math.exp(-Math.max(0, nowNanos - lastNanos) / windowNanos);
      estimateNanos = estimateNanos * old + latencyNanos * (1 - old);
    }
    observed = true;
    lastNanos = nowNanos;
  }

  /** The estimate; zero before the first observation. */
  public Duration estimate() {
    return Duration.ofNanos((long) estimateNanos);
  }
}
