package io.strongroom.cluster.balance;

import java.time.Duration;
import java.util.concurrent.atomic.AtomicInteger;

/**
 * What a node has to do, how long it takes for it, and how much of it at once it takes well.
 *
 * <p>How slow a node is, is a ratio: the time that an operation took to the shortest time that any
 * node of the cluster has taken for its kind. So a node that signs is not slower than one that
 * encrypts, and nodes can be compared that did different work.
 */
final class Load {

  private static final Duration WINDOW = Duration.ofSeconds(10);

  /** No time is so short that a shorter one would say anything of a node. */
  private static final double LEAST_NANOS = 200_000;

  /** A queue is what makes an operation take this many times its floor, and this much longer. */
  private static final double SLOW_RATIO = 4;

  private static final double SLOW_NANOS = 5_000_000;

  /** What a failure weighs, however fast it was said: a node that fails must not look fast. */
  private static final double FAILURE_RATIO = 8;

  private static final double MOST_FAILURE_SLOWNESS = 1000;
  private static final double LEAST_SILENCE_NANOS = 10_000_000;

  private static final int MOST_AT_ONCE = 240;
  private static final int FIRST_AT_ONCE = 64;
  private static final int FIRST_PER_SESSION = 8;

  private final Ticker ticker;
  private final Floors fleetFloors;
  private final Floors ownFloors = new Floors();
  private final AtomicInteger outstanding = new AtomicInteger();
  private volatile PeakEwma latency = new PeakEwma(WINDOW);
  private PeakEwma slowness = new PeakEwma(WINDOW);
  private volatile AdaptiveLimit limit;
  private int sessions = FIRST_AT_ONCE / FIRST_PER_SESSION;
  private long heardNanos;
  private double lastRatio = 1;

  Load(Ticker ticker, Floors fleetFloors) {
    this.ticker = ticker;
    this.fleetFloors = fleetFloors;
    this.limit = new AdaptiveLimit(FIRST_AT_ONCE, MOST_AT_ONCE, ticker.nanos());
  }

  /** How many operations the token takes at once. */
  void sessions(int count) {
    int known = Math.max(1, count);
    if (known != sessions) {
      sessions = known;
      int first = Math.clamp((long) known * FIRST_PER_SESSION, FIRST_AT_ONCE, MOST_AT_ONCE);
      limit = new AdaptiveLimit(first, MOST_AT_ONCE, ticker.nanos());
    }
  }

  /** What it was slow at before an ejection says nothing about now. */
  void forgetSlowness() {
    latency = new PeakEwma(WINDOW);
    slowness = new PeakEwma(WINDOW);
    lastRatio = 1;
  }

  Attempt begin(Member member, Kind kind) {
    long now = ticker.nanos();
    int atOnce = outstanding.incrementAndGet();
    if (atOnce == 1) {
      heardNanos = now;
    }
    return new Attempt(member, kind, now, atOnce);
  }

  void end(Attempt attempt, Outcome outcome) {
    outstanding.decrementAndGet();
    long now = ticker.nanos();
    double tookNanos = Math.max(LEAST_NANOS, now - attempt.beganNanos());
    switch (outcome) {
      case ANSWERED -> {
        heardNanos = now;
        answered(now, attempt, tookNanos);
      }
      case REFUSED -> heardNanos = now;
      case FAILED -> {
        latency.observe(now, Math.max(tookNanos, latency.estimate()));
        failed();
      }
      case THROTTLED -> {
        heardNanos = now;
        limit.refused(now, attempt.beganNanos());
      }
      case UNTOLD, LOST -> {}
    }
  }

  /** However fast a failure was said, it is slow. */
  void failed() {
    double failing = FAILURE_RATIO * Math.max(1, slowness.estimate());
    slowness.observe(ticker.nanos(), Math.min(MOST_FAILURE_SLOWNESS, failing));
  }

  private void answered(long now, Attempt attempt, double tookNanos) {
    latency.observe(now, tookNanos);
    double ratio = tookNanos / fleetFloors.observe(now, attempt.kind(), tookNanos);
    // One slow answer between others is a pause of some process; two in a row are a slow node.
    slowness.observe(now, Math.min(ratio, lastRatio));
    lastRatio = ratio;
    // What this client itself has put before it in the token's queue is not the token's slowness.
    double turns = Math.ceilDiv(attempt.atOnce(), sessions);
    double floorNanos =
        ownFloors.observe(now, attempt.kind(), Math.max(LEAST_NANOS, tookNanos / turns));
    boolean slow = tookNanos > SLOW_RATIO * floorNanos + SLOW_NANOS;
    limit.answered(now, attempt.beganNanos(), attempt.atOnce(), slow);
  }

  /**
   * How many times longer operations take here than where they take the shortest; a node that says
   * nothing grows slower with each moment.
   */
  double slowness() {
    long silentNanos = outstanding() == 0 ? 0 : ticker.nanos() - heardNanos;
    double usualNanos = Math.max(LEAST_SILENCE_NANOS, latency.estimate());
    return Math.max(1, slowness.estimate()) * Math.max(1, silentNanos / usualNanos);
  }

  Duration latency() {
    return Duration.ofNanos((long) latency.estimate());
  }

  int outstanding() {
    return outstanding.get();
  }

  int limit() {
    return limit.limit();
  }

  int sessions() {
    return sessions;
  }
}
