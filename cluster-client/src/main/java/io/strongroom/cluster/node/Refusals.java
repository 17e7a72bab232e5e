package io.strongroom.cluster.node;

import io.strongroom.cluster.identity.Printable;
import io.strongroom.cluster.identity.Refusal;
import java.time.Duration;
import java.util.function.LongSupplier;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * Counts and logs what a node turns away. Of many at once only the first are logged, so that a
 * stranger cannot fill a disk. Safe for use by many threads.
 */
final class Refusals {
  private static final Logger LOG = LoggerFactory.getLogger(Refusals.class);
  private static final Duration WINDOW = Duration.ofSeconds(10);
  private static final int LINES_PER_WINDOW = 50;

  private final NodeCounters counters;
  private final LongSupplier nanos;
  private long windowStartNanos;
  private int lines;

  /**
   * @param nanos the time, as {@link System#nanoTime}
   */
  Refusals(NodeCounters counters, LongSupplier nanos) {
    this.counters = counters;
    this.nanos = nanos;
    this.windowStartNanos = nanos.getAsLong();
  }

  NodeCounters counters() {
    return counters;
  }

  /** A connection was turned away. */
  void connection(Refusal reason, String detail) {
    counters.refuse(reason);
    // Whoever only looks whether a port is open is no event.
    if (reason == Refusal.HANDSHAKE_NOT_FINISHED) {
      LOG.debug("event=connection_refused reason={} detail=\"{}\"", reason.label(), detail);
    } else if (mayLog()) {
      LOG.warn(
          "event=connection_refused reason={} detail=\"{}\"", reason.label(), Printable.of(detail));
    }
  }

  /** A call or an operation was turned away. */
  void call(Refusal reason, String caller, String call) {
    counters.refuse(reason);
    if (mayLog()) {
      LOG.warn("event=refused reason={} caller={} call={}", reason.label(), caller, call);
    }
  }

  /** One that is told to the caller only: it happens to everyone who is too fast. */
  void quietly(Refusal reason) {
    counters.refuse(reason);
  }

  private synchronized boolean mayLog() {
    long now = nanos.getAsLong();
    if (now - windowStartNanos > WINDOW.toNanos()) {
      if (lines > LINES_PER_WINDOW) {
        LOG.warn("event=refusals_not_logged count={}", lines - LINES_PER_WINDOW);
      }
      windowStartNanos = now;
      lines = 0;
    }
    lines++;
    return lines <= LINES_PER_WINDOW;
  }
}
