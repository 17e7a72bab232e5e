package io.strongroom.cluster.balance;

import java.util.concurrent.atomic.AtomicLongArray;

/** What routing has done since it began. Counted by one thread, read by any. */
public final class RoutingCounters {

  /** What is counted. */
  public enum Event {
    /** An operation came in. */
    OPERATION,
    /** A node was asked, the first one too. */
    ATTEMPT,
    /** An operation was repeated after a failure. */
    RETRY,
    /** A repeat that there was no budget for: the operation failed. */
    RETRY_DENIED,
    /** A second node was asked because the first was slow. */
    HEDGE,
    /** The second node answered first. */
    HEDGE_WON,
    /** An operation had to wait for a free node. */
    QUEUED,
    /** Refused because too many wait. */
    REFUSED_FULL,
    /** Refused because too many bytes are held. */
    REFUSED_BYTES,
    /** Refused because it could not have been done within its deadline. */
    REFUSED_LATE,
    /** The deadline passed. */
    EXPIRED
  }

  private static final int EVENTS = Event.values().length;

  private final AtomicLongArray counts = new AtomicLongArray(EVENTS);

  /** One more of these. */
  public void count(Event event) {
    counts.incrementAndGet(event.ordinal());
  }

  /** How many of these there were. */
  public long of(Event event) {
    return counts.get(event.ordinal());
  }
}
