package io.strongroom.cluster.balance;

/**
 * How much may be repeated: every operation pays in a part of a repeat, and some more come with
 * time, so that repeats stay a small part of the traffic when the whole cluster is ill, while the
 * loss of one node — everything outstanding there, at once — is always covered by what was saved
 * up. A token bucket that starts full.
 */
public final class RetryBudget {

  private final Policy policy;
  private final Ticker ticker;
  private double saved;
  private long lastNanos;

  /**
   * What the budget allows.
   *
   * @param perOperation repeats that each operation pays in
   * @param perSecond repeats that come with each second
   * @param most repeats that can be saved up
   */
  public record Policy(double perOperation, double perSecond, double most) {}

  /** A full budget. */
  public RetryBudget(Policy policy, Ticker ticker) {
    this.policy = policy;
    this.ticker = ticker;
    this.saved = policy.most();
    this.lastNanos = ticker.nanos();
  }

  /** An operation was begun. */
  public void deposit() {
    add(policy.perOperation());
  }

  /** Takes one repeat out; false if there is none left. */
  public boolean withdraw() {
    long now = ticker.nanos();
    add((now - lastNanos) / 1e9 * policy.perSecond());
    lastNanos = now;
    if (saved < 1) {
      return false;
    }
    saved--;
    return true;
  }

  private void add(double repeats) {
    saved = Math.min(policy.most(), saved + repeats);
  }
}
