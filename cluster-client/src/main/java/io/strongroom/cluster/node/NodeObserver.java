package io.strongroom.cluster.node;

import io.strongroom.cluster.observe.OperationTimers;
import io.strongroom.cluster.observe.Result;
import io.strongroom.cluster.wire.v1.Answer;
import io.strongroom.cluster.wire.v1.Operation;
import java.util.concurrent.atomic.AtomicInteger;
import java.util.function.LongConsumer;

/** Follows the operations through the node. Safe for use by many threads. */
final class NodeObserver {

  private final OperationTimers timers;
  private final LongConsumer queueNanos;
  private final AtomicInteger waiting = new AtomicInteger();
  private final AtomicInteger running = new AtomicInteger();

  /**
   * @param timers where the time from arrival to answer is recorded
   * @param queueNanos where the time before the work is recorded
   */
  NodeObserver(OperationTimers timers, LongConsumer queueNanos) {
    this.timers = timers;
    this.queueNanos = queueNanos;
  }

  /** One that only counts. */
  static NodeObserver silent() {
    return new NodeObserver(OperationTimers.none(), nanos -> {});
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
    return new Watch(operation.getKindCase());
  }

  /**
   * One operation. The calls come one after the other, though on different threads: {@link #queued}
   * and {@link #begun} where it is done at all, {@link #ended} always.
   */
  final class Watch {
    private final Operation.KindCase kind;
    private final long arrivedNanos = System.nanoTime();
    private boolean queued;
    private boolean begun;

    private Watch(Operation.KindCase kind) {
      this.kind = kind;
    }

    /** It waits for a thread. */
    void queued() {
      queued = true;
      waiting.incrementAndGet();
    }

    /** A thread has taken it. */
    void begun() {
      begun = true;
      waiting.decrementAndGet();
      running.incrementAndGet();
      queueNanos.accept(System.nanoTime() - arrivedNanos);
    }

    /** It is answered, or will never be. */
    void ended(Answer answer) {
      if (begun) {
        running.decrementAndGet();
      } else if (queued) {
        waiting.decrementAndGet();
      }
      timers.record(kind, Result.of(answer), System.nanoTime() - arrivedNanos);
    }
  }
}
