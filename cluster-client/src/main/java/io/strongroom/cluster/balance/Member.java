package io.strongroom.cluster.balance;

import io.strongroom.cluster.balance.Health.Ejected;
import io.strongroom.cluster.balance.Health.Serving;
import java.time.Duration;
import java.util.concurrent.atomic.AtomicInteger;
import java.util.concurrent.atomic.AtomicLong;

/**
 * One node's load and health. Changed by one thread; what it says of itself in numbers can be read
 * by any.
 */
public final class Member {

  private static final Duration SHORTEST_PAUSE = Duration.ofMillis(20);
  private static final int MOST_DOUBLINGS = 6;

  private final String name;
  private final String zone;
  private final HealthPolicy policy;
  private final Ticker ticker;
  private final Load load;
  private final AtomicInteger ejections = new AtomicInteger();
  private final AtomicLong failures = new AtomicLong();
  private final AtomicLong throttled = new AtomicLong();
  private volatile Health health;
  private long pauseEndsNanos;
  private int refusals;

  /**
   * A member that is not connected yet: it takes nothing before {@link #joined}.
   *
   * @param floors how long operations take in this cluster at best; one for all its members
   */
  public Member(String name, String zone, HealthPolicy policy, Ticker ticker, Floors floors) {
    this.name = name;
    this.zone = zone;
    this.policy = policy;
    this.ticker = ticker;
    this.load = new Load(ticker, floors);
    this.health = new Ejected(policy, ticker.nanos(), 0);
    this.pauseEndsNanos = ticker.nanos();
  }

  /** The node's name. */
  public String name() {
    return name;
  }

  /** The node's availability zone; empty if it has none. */
  public String zone() {
    return zone;
  }

  /** Connected for the first time: takes its full share at once. */
  public void joined() {
    health = new Serving(policy);
  }

  /** Sets how many operations the node's token takes at once. */
  public void sessions(int count) {
    load.sessions(count);
  }

  /** An attempt begins. */
  public Attempt begin(Kind kind) {
    return load.begin(this, kind);
  }

  boolean end(Attempt attempt, Outcome outcome) {
    load.end(attempt, outcome);
    long now = ticker.nanos();
    return switch (outcome) {
      case ANSWERED, REFUSED -> {
        refusals = 0;
        yield become(health.answered(now));
      }
      case FAILED -> {
        failures.incrementAndGet();
        yield become(health.failed(now));
      }
      case THROTTLED -> {
        throttled.incrementAndGet();
        pause(now);
        yield false;
      }
      case UNTOLD, LOST -> false;
    };
  }

  /**
   * Another node has shown that an answer was wrong: the device is out of order.
   *
   * @return true if this ejected the node
   */
  public boolean contradicted() {
    failures.incrementAndGet();
    load.failed();
    return become(health.failed(ticker.nanos()));
  }

  /** All that were refused at once are one sign. */
  private void pause(long nowNanos) {
    if (nowNanos - pauseEndsNanos >= 0) {
      long pauseNanos = SHORTEST_PAUSE.toNanos() << Math.min(refusals, MOST_DOUBLINGS);
      pauseEndsNanos = nowNanos + pauseNanos;
      refusals++;
    }
  }

  /** How long the node is left in peace yet, since it said that it has too much to do. */
  public Duration pause() {
    return Duration.ofNanos(Math.max(0, pauseEndsNanos - ticker.nanos()));
  }

  /**
   * The connection is lost.
   *
   * @return true if this ejected the node
   */
  public boolean lost() {
    return become(health.lost(ticker.nanos()));
  }

  /** A probe of the ejected node succeeded; it comes back gently. */
  public void probed() {
    if (health instanceof Ejected ejected) {
      health = ejected.probed(ticker.nanos());
      load.forgetSlowness();
    }
  }

  /** A probe of the ejected node failed. */
  public void probeFailed() {
    if (health instanceof Ejected ejected) {
      health = ejected.probeFailed();
    }
  }

  /** How long to wait before the next probe; zero if the node is not ejected. */
  public Duration untilProbe() {
    return health instanceof Ejected ejected ? ejected.untilProbe() : Duration.ZERO;
  }

  /** Whether the node takes operations. */
  public boolean serves() {
    return !(health instanceof Ejected);
  }

  /** How long the node has been ejected; zero if it is not. */
  public Duration ejectedFor() {
    return health instanceof Ejected ejected
        ? Duration.ofNanos(ticker.nanos() - ejected.sinceNanos())
        : Duration.ZERO;
  }

  /** Whether the node takes no further operation now: it has as many as it may have, or a pause. */
  public boolean saturated() {
    return load.outstanding() >= limit() || pauseEndsNanos - ticker.nanos() > 0;
  }

  /** Whether a further operation would have to wait for a session of the token. */
  public boolean busy() {
    return load.outstanding() >= Math.min(load.sessions(), limit());
  }

  /** How many operations the node gets at once now, 1 or more; few while it returns. */
  public int limit() {
    return (int) Math.ceil(load.limit() * Math.max(share(), policy.firstShare()));
  }

  /** The share of its turns that the node takes now, 0 to 1. */
  public double share() {
    return health.share(ticker.nanos());
  }

  /** What one more operation would cost here: work under way times how slow the node is. */
  public double cost() {
    return (load.outstanding() + 1.0) * load.slowness();
  }

  /** How many times longer operations take here than at the cluster's fastest node; 1 or more. */
  public double slowness() {
    return load.slowness();
  }

  /** Peak EWMA of the latency. */
  public Duration latency() {
    return load.latency();
  }

  /** Attempts under way. */
  public int outstanding() {
    return load.outstanding();
  }

  /** Attempts that timed out or that the device could not do. */
  public long failures() {
    return failures.get();
  }

  /** Attempts that the node refused because it had too much to do. */
  public long throttled() {
    return throttled.get();
  }

  /** How often the node was ejected. */
  public int ejections() {
    return ejections.get();
  }

  private boolean become(Health next) {
    boolean ejected = next instanceof Ejected && !(health instanceof Ejected);
    health = next;
    if (ejected) {
      ejections.incrementAndGet();
    }
    return ejected;
  }
}
