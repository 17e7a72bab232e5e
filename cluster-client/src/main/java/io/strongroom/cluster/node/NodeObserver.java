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
import org.jspecify.annotations.Nullable;

/** Follows the operations through the node. Safe for use by many threads. */
final class NodeObserver {

  private final OperationTimers operations;
  private final OperationTimers calls;
  private final LongConsumer queueNanos;
  private final Traces traces;
  private final AtomicInteger waiting = new AtomicInteger();
  private final AtomicInteger running = new AtomicInteger();

  /**
   * @param operations where the time from arrival to answer is recorded
   * @param calls the same for the control plane
   * @param queueNanos where the time before the work is recorded
   * @param traces makes the spans of operations that are traced
   */
  NodeObserver(
      OperationTimers operations, OperationTimers calls, LongConsumer queueNanos, Traces traces) {
    this.operations = operations;
    this.calls = calls;
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
        operations,
        kind,
        traces.isTraced(traceparent)
            ? traces.server(Kinds.name(kind), traceparent)
            : Span.getInvalid());
  }

  /** A call of the control plane has arrived. */
  Watch arrived(Call call, @Nullable String traceparent) {
    return new Watch(calls, call, traces.server(call.label(), traceparent));
  }

  /**
   * One operation or call. The calls here come one after the other, though on different threads:
   * {@link #queued} and {@link #begun} where it is done at all, {@link #ended} always.
   */
  final class Watch {
    private final OperationTimers timers;
    private final Enum<?> kind;
    private final long arrivedNanos = System.nanoTime();
    private final Span span;
    private boolean queued;
    private long begunNanos;

    private Watch(OperationTimers timers, Enum<?> kind, Span span) {
      this.timers = timers;
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

    /** This thread does a call that was not queued, until the scope is closed. */
    Working working() {
      return Working.on(span);
    }

    /** It is answered, or will never be. */
    void ended(Answer answer) {
      ended(Result.of(answer));
    }

    /** The same, where it is known how. */
    void ended(Result result) {
      long nowNanos = System.nanoTime();
      if (begunNanos != 0) {
        running.decrementAndGet();
        Traces.timed(span, begunNanos - arrivedNanos, nowNanos - begunNanos);
      } else if (queued) {
        waiting.decrementAndGet();
      }
      timers.record(kind, result, nowNanos - arrivedNanos);
      Traces.end(span, result);
    }
  }
}
