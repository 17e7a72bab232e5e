package io.strongroom.cluster.balance;

import io.strongroom.cluster.balance.Health.Ejected;
import io.strongroom.cluster.balance.Health.Serving;
import java.time.Duration;

/** One node's load and health. */
public final class Member {

  private static final Duration LATENCY_WINDOW = Duration.ofSeconds(10);
  private static final int MAX_OUTSTANDING = 240;
  private static final int LEAST_OUTSTANDING = 64;
  private static final int QUEUED_PER_SESSION = 8;

  private final String name;
  private final String zone;
  private final HealthPolicy policy;
  private final Ticker ticker;
  private final PeakEwma latency = new PeakEwma(LATENCY_WINDOW);
  private Health health;
  private int outstanding;
  private int sessions = LEAST_OUTSTANDING / QUEUED_PER_SESSION;
  private int ejections;

  /** A member that is not connected yet: it takes nothing before {@link #joined}. */
  public Member(String name, String zone, HealthPolicy policy, Ticker ticker) {
    this.name = name;
    this.zone = zone;
    this.policy = policy;
    this.ticker = ticker;
    this.health = new Ejected(policy, ticker.nanos(), 0);
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
    health = new Serving(policy, 0);
  }

  /** Sets how many operations the node's token takes at once. */
  public void sessions(int count) {
    sessions = Math.max(1, count);
  }

  /** An attempt begins. */
  public void begin() {
    outstanding++;
  }

  /**
   * An attempt ended.
   *
   * @param took how long it took; counted where there was an answer or a failure
   * @return true if this ejected the node
   */
  public boolean end(Outcome outcome, Duration took) {
    outstanding--;
    long now = ticker.nanos();
    return switch (outcome) {
      case ANSWERED -> {
        latency.observe(now, took);
        yield become(health.answered(now));
      }
      case FAILED -> {
        latency.observe(now, took);
        yield become(health.failed(now));
      }
      case THROTTLED, LOST -> false;
    };
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
  public void probed(Duration took) {
    latency.observe(ticker.nanos(), took);
    if (health instanceof Ejected ejected) {
      health = ejected.probed(ticker.nanos());
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

  /** Whether the node has as many operations as it may have. */
  public boolean saturated() {
    int limit =
        Math.clamp((long) sessions * QUEUED_PER_SESSION, LEAST_OUTSTANDING, MAX_OUTSTANDING);
    return outstanding >= limit;
  }

  /** Whether a further operation would have to wait for a session of the token. */
  public boolean busy() {
    return outstanding >= sessions;
  }

  /** The share of its turns that the node takes now, 0 to 1. */
  public double share() {
    return health.share(ticker.nanos());
  }

  /** What one more operation would cost here: work under way times latency, nanoseconds. */
  public double cost() {
    return (outstanding + 1.0) * Math.max(1, latency.estimate().toNanos());
  }

  /** Peak EWMA of the latency. */
  public Duration latency() {
    return latency.estimate();
  }

  /** Attempts under way. */
  public int outstanding() {
    return outstanding;
  }

  /** How often the node was ejected. */
  public int ejections() {
    return ejections;
  }

  private boolean become(Health next) {
    boolean ejected = next instanceof Ejected && !(health instanceof Ejected);
    health = next;
    if (ejected) {
      ejections++;
    }
    return ejected;
  }
}
