package io.strongroom.cluster.balance;

import java.time.Duration;

/**
 * An estimate that jumps up at once and comes down slowly: an exponentially weighted moving average
 * whose rises are not smoothed, so that a node that turns slow is avoided from its first slow
 * answer.
 */
public final class PeakEwma {

  private final double windowNanos;
  private volatile double estimate;
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
  public void observe(long nowNanos, double value) {
    if (!observed || value > estimate) {
      estimate = value;
    } else {
      double old = Math.exp(-Math.max(0, nowNanos - lastNanos) / windowNanos);
      estimate = estimate * old + value * (1 - old);
    }
    observed = true;
    lastNanos = nowNanos;
  }

  /** The estimate; zero before the first observation. */
  public double estimate() {
    return estimate;
  }
}
