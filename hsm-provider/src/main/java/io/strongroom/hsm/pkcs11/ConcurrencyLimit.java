package io.strongroom.hsm.pkcs11;

/**
 * Finds how many calls at once a device takes well. Some do more the more they get; others, with
 * one lock inside, do less. So it tries: for a few short windows it lets in fewer or more, by turns
 * with what it has, and keeps what did more; of two that do the same, the smaller. Windows follow
 * each other by turns so that what else the machine does weighs on both alike. What is plain at
 * once is decided at once, and when calls suddenly take much longer or shorter, other calls came
 * and it tries anew. Decides nothing where too few callers come to tell. For one thread at a time;
 * {@link #limit} for any.
 */
final class ConcurrencyLimit {
  private static final int WINDOWS_EACH = 4;
  private static final int MOST_REST_WINDOWS = 512;
  // Fewer are kept unless they do clearly less; more have to do clearly more.
  private static final double FEWER_KEEP = 0.97;
  private static final double MORE_GAIN = 1.05;
  private static final double PLAINLY = 1.4;
  private static final int WINDOWS_FOR_PLAIN_GAIN = 2;
  private static final double OTHER_CALLS = 1.8;

  /** What was done under one of the two limits that are compared. */
  private static final class Tally {
    private long calls;
    private long nanos;
    private int windows;

    private void add(long moreCalls, long moreNanos) {
      calls += moreCalls;
      nanos += moreNanos;
      windows++;
    }

    private double callsPerNano() {
      return (double) calls / Math.max(1, nanos);
    }
  }

  private final int most;
  private int settled;
  private int candidate;
  private boolean down = true;
  private int restWindows = 1;
  private int windowsUntilTrial = 1;
  private double usualCallsPerNano;
  private Tally settledTally = new Tally();
  private Tally candidateTally = new Tally();
  private volatile int limit;

  /** Begins with the most, which suits a device that answers slowly. */
  ConcurrencyLimit(int most) {
    this.most = most;
    this.settled = most;
    this.candidate = most;
    this.limit = most;
  }

  /** How many calls may run at once now. */
  int limit() {
    return limit;
  }

  /**
   * Takes note of a window of time.
   *
   * @param calls how many calls ended in it
   * @param nanos how long it was
   * @param demand the most that ran or waited at once
   */
  void window(long calls, long nanos, int demand) {
    if (candidate == settled) {
      noticeChange((double) calls / Math.max(1, nanos));
      rest(demand);
    } else if (demand > Math.min(candidate, settled)) {
      compare(calls, nanos);
    }
  }

  private void noticeChange(double callsPerNano) {
    boolean slower = callsPerNano * OTHER_CALLS < usualCallsPerNano;
    boolean faster = callsPerNano > usualCallsPerNano * OTHER_CALLS;
    if (usualCallsPerNano > 0 && (slower || faster)) {
      down = faster;
      restWindows = 1;
      windowsUntilTrial = 1;
    }
    usualCallsPerNano = callsPerNano;
  }

  private void rest(int demand) {
    windowsUntilTrial--;
    if (windowsUntilTrial > 0) {
      return;
    }
    int present = Math.min(settled, demand);
    int next = down ? present - Math.max(1, present / 2) : 2 * settled;
    boolean possible = down ? next >= 1 : demand > settled && settled < most;
    if (possible) {
      candidate = Math.min(most, next);
      settledTally = new Tally();
      candidateTally = new Tally();
      limit = candidate;
    } else {
      down = !down;
      windowsUntilTrial = 1;
    }
  }

  private void compare(long calls, long nanos) {
    boolean wasCandidate = limit == candidate;
    (wasCandidate ? candidateTally : settledTally).add(calls, nanos);
    limit = wasCandidate ? settled : candidate;
    int windows = Math.min(settledTally.windows, candidateTally.windows);
    if (windows >= WINDOWS_EACH
        || (windows >= 1 && candidateIs(1 / PLAINLY) < 0)
        || (windows >= WINDOWS_FOR_PLAIN_GAIN && candidateIs(PLAINLY) > 0)) {
      decide();
    }
  }

  /** Compares what the candidate did with so many times what was done before. */
  private int candidateIs(double times) {
    return Double.compare(candidateTally.callsPerNano(), settledTally.callsPerNano() * times);
  }

  private void decide() {
    if (candidateIs(candidate < settled ? FEWER_KEEP : MORE_GAIN) >= 0) {
      settled = candidate;
      usualCallsPerNano = candidateTally.callsPerNano();
      restWindows = 1;
    } else {
      candidate = settled;
      usualCallsPerNano = settledTally.callsPerNano();
      down = !down;
      restWindows = Math.min(MOST_REST_WINDOWS, restWindows * 2);
    }
    windowsUntilTrial = restWindows;
    limit = settled;
  }
}
