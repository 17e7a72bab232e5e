package io.strongroom.cluster;

import io.opentelemetry.api.trace.Span;
import io.strongroom.cluster.observe.Result;
import io.strongroom.cluster.observe.Traces;
import java.util.Map;
import java.util.concurrent.ConcurrentHashMap;
import java.util.concurrent.atomic.AtomicInteger;
import org.jspecify.annotations.Nullable;

/**
 * The operations that are traced and under way, by the context that travels with them. Safe for use
 * by many threads.
 */
final class Trails {

  /** An operation on its way, with the number of nodes that are at it. */
  private record Trail(Span span, AtomicInteger underWay) {}

  private final Map<String, Trail> open = new ConcurrentHashMap<>();

  void begin(String traceparent, Span span) {
    open.put(traceparent, new Trail(span, new AtomicInteger()));
  }

  void end(String traceparent) {
    open.remove(traceparent);
  }

  /**
   * A node is asked.
   *
   * @return whether another one is at it still: this one is asked because that one is slow
   */
  boolean attempt(String traceparent) {
    Trail trail = open.get(traceparent);
    return trail != null && trail.underWay().getAndIncrement() > 0;
  }

  /** A node has answered, or failed to; an answer that comes after the end is not told of. */
  void attempted(String traceparent, String node, Result result, Attempts.Begun begun) {
    @Nullable Trail trail = open.get(traceparent);
    if (trail != null) {
      trail.underWay().getAndDecrement();
      Traces.attempted(
          trail.span(), node, result, begun.isHedge(), System.nanoTime() - begun.startNanos());
    }
  }
}
