package io.strongroom.cluster.balance;

/**
 * How many operations a node gets at once: more while its answers come in time, fewer when they do
 * not (additive increase, multiplicative decrease). It is decided in rounds of as many answers as
 * the limit allows, and only answers to operations count that began in the round, so that each
 * decision sees what the one before has done, and that began when the limit was nearly reached, so
 * that a time of little work changes nothing.
 */
public final class AdaptiveLimit {

  private static final int LEAST_ANSWERS = 8;
  private static final double IN_USE = 0.75;
  private static final double FEWER = 0.8;
  private static final double REFUSED = 0.5;
  private static final double MORE = 1.0 / 16;

  /** Up to this part of a round may be slow without being a sign; more than half is one. */
  private static final double FEW = 1.0 / 8;

  private final int most;
  private volatile double limit;
  private long roundNanos;
  private int answers;
  private int slow;

  /**
   * A limit.
   *
   * @param first what it begins with
   * @param most what it never exceeds
   */
  public AdaptiveLimit(int first, int most, long nowNanos) {
    this.most = most;
    this.limit = Math.clamp(first, 1, most);
    this.roundNanos = nowNanos - 1;
  }

  /** The limit now: 1 or more. */
  public int limit() {
    return (int) limit;
  }

  /**
   * An operation was answered, or was not in time.
   *
   * @param beganNanos when it began
   * @param atOnce how many were outstanding then, itself included
   * @param wasSlow whether it took longer than it would have without a queue
   */
  public void answered(long nowNanos, long beganNanos, int atOnce, boolean wasSlow) {
    if (!isOfThisRound(beganNanos) || atOnce < IN_USE * limit()) {
      return;
    }
    answers++;
    if (wasSlow) {
      slow++;
    }
    if (answers >= Math.max(LEAST_ANSWERS, limit())) {
      decide();
      begin(nowNanos);
    }
  }

  /** The node refused an operation because it has too much to do. */
  public void refused(long nowNanos, long beganNanos) {
    if (isOfThisRound(beganNanos)) {
      limit = Math.max(1, limit * REFUSED);
      begin(nowNanos);
    }
  }

  private boolean isOfThisRound(long beganNanos) {
    return beganNanos - roundNanos > 0;
  }

  private void decide() {
    if (slow > answers / 2) {
      limit = Math.max(1, limit * FEWER);
    } else if (slow <= answers * FEW) {
      limit = Math.min(most, limit + Math.max(1, limit * MORE));
    }
  }

  private void begin(long nowNanos) {
    roundNanos = nowNanos;
    answers = 0;
    slow = 0;
  }
}
