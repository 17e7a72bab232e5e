package io.strongroom.cluster.balance;

import java.time.Duration;

/**
 * The state of one node as a client sees it: serving, ejected, or returning from an ejection.
 * Immutable; each event gives the next state.
 */
public sealed interface Health {

  /** After an answer to an operation. */
  Health answered(long nowNanos);

  /** After an operation that timed out or that the device could not do. */
  Health failed(long nowNanos);

  /** After the connection was lost. */
  Health lost(long nowNanos);

  /** The share of its turns that the node takes now, 0 to 1. */
  double share(long nowNanos);

  /**
   * Takes operations.
   *
   * @param failures how many failed in a row
   * @param recent the last 32 operations, the latest lowest: 1 for a failure
   */
  record Serving(HealthPolicy policy, int failures, int recent) implements Health {

    Serving(HealthPolicy policy) {
      this(policy, 0, 0);
    }

    @Override
    public Health answered(long nowNanos) {
      return recent == 0 ? this : new Serving(policy, 0, recent << 1);
    }

    @Override
    public Health failed(long nowNanos) {
      int next = recent << 1 | 1;
      return failures + 1 >= policy.failuresToEject()
              || Integer.bitCount(next) >= policy.failuresOf32ToEject()
          ? new Ejected(policy, nowNanos, 0)
          : new Serving(policy, failures + 1, next);
    }

    @Override
    public Health lost(long nowNanos) {
      return new Ejected(policy, nowNanos, 0);
    }

    @Override
    public double share(long nowNanos) {
      return 1;
    }
  }

  /**
   * Takes nothing but probes. Only a probe brings the node back: late answers to operations from
   * before the ejection say nothing about now.
   */
  record Ejected(HealthPolicy policy, long sinceNanos, int failedProbes) implements Health {

    @Override
    public Health answered(long nowNanos) {
      return this;
    }

    @Override
    public Health failed(long nowNanos) {
      return this;
    }

    @Override
    public Health lost(long nowNanos) {
      return this;
    }

    @Override
    public double share(long nowNanos) {
      return 0;
    }

    /** After a probe that succeeded. */
    Health probed(long nowNanos) {
      return new Returning(policy, nowNanos, failedProbes);
    }

    /** After a probe that failed. */
    Health probeFailed() {
      return new Ejected(policy, sinceNanos, failedProbes + 1);
    }

    /** How long after the ejection, or after the last failed probe, the next probe is due. */
    Duration untilProbe() {
      return policy.untilProbe(failedProbes);
    }
  }

  /**
   * Takes a growing share. One failure ejects it again, and then the wait for its next probe goes
   * on growing from where it was, so that a flapping node is asked less and less.
   */
  record Returning(HealthPolicy policy, long sinceNanos, int failedProbes) implements Health {

    @Override
    public Health answered(long nowNanos) {
      return share(nowNanos) < 1 ? this : new Serving(policy);
    }

    @Override
    public Health failed(long nowNanos) {
      return new Ejected(policy, nowNanos, failedProbes + 1);
    }

    @Override
    public Health lost(long nowNanos) {
      return failed(nowNanos);
    }

    @Override
    public double share(long nowNanos) {
      return policy.shareAfter(Duration.ofNanos(nowNanos - sinceNanos));
    }
  }
}
