package io.strongroom.cluster.node;

import io.opentelemetry.api.trace.Span;
import io.strongroom.cluster.observe.Kinds;
import io.strongroom.cluster.observe.OperationTimers;
import io.strongroom.cluster.observe.Result;
import io.strongroom.cluster.observe.Traces;
import io.strongroom.cluster.observe.Working;
import io.strongroom.cluster.wire.v1.Answer;
import io.strongroom.cluster.wire.v1.Operation;
import java.util.concurrent.atomic.AtomicInteger;
import java.util.function.LongConsumer;

/** Follows the operations through the node. Safe for use by many threads. */
final class NodeObserver {

  private final OperationTimers timers;
  private final LongConsumer queueNanos;
  private final Traces traces;
  private final AtomicInteger waiting = new AtomicInteger();
  private final AtomicInteger running = new AtomicInteger();

  /**
   * @param timers where the time from arrival to answer is recorded
   * @param queueNanos where the time before the work is recorded
   * @param traces makes the spans of operations that are traced
   */
  NodeObserver(OperationTimers timers, LongConsumer queueNanos, Traces traces) {
    this.timers = timers;
    this.queueNanos = queueNanos;
    this.traces = traces;
  }

  /** Operations that wait for the token. */
  int waiting() {
    return waiting.get();
  }

  /** Operations that are being done. */
  int running() {
    return running.get();
  }

  /** An operation has arrived. */
  Watch arrived(Operation operation) {
    Operation.KindCase kind = operation.getKindCase();
    String traceparent = operation.getTraceparent();
    return new Watch(
        kind,
        traces.isTraced(traceparent)
            ? traces.server(Kinds.name(kind), traceparent)
            : Span.getInvalid());
  }

  /**
   * One operation. The calls come one after the other, though on different threads: {@link #queued}
   * and {@link #begun} where it is done at all, {@link #ended} always.
   */
  final class Watch {
    private final Operation.KindCase kind;
    private final long arrivedNanos = System.nanoTime();
    private final Span span;
    private boolean queued;
    private long begunNanos;

    private Watch(Operation.KindCase kind, Span span) {
      this.kind = kind;
      this.span = span;
    }

    /** It waits for a thread. */
    void queued() {
      queued = true;
      waiting.incrementAndGet();
    }

    /** A thread has taken it, and does it until the scope is closed. */
    Working begun() {
      begunNanos = System.nanoTime();
      waiting.decrementAndGet();
      running.incrementAndGet();
      queueNanos.accept(begunNanos - arrivedNanos);
      return Working.on(span);
    }

    /** It is answered, or will never be. */
    void ended(Answer answer) {
      long nowNanos = System.nanoTime();
      if (begunNanos != 0) {
        running.decrementAndGet();
        Traces.timed(span, begunNanos - arrivedNanos, nowNanos - begunNanos);
      } else if (queued) {
        waiting.decrementAndGet();
      }
      Result result = Result.of(answer);
      timers.record(kind, result, nowNanos - arrivedNanos);
      Traces.end(span, result);
    }
  }
}
