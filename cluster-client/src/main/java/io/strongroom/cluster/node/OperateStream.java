package io.strongroom.cluster.node;

import io.strongroom.cluster.observe.Working;
import io.strongroom.cluster.wire.Limits;
import io.strongroom.cluster.wire.v1.Answer;
import io.strongroom.cluster.wire.v1.Operation;
import io.strongroom.hsm.HsmException;
import io.vertx.core.Context;
import io.vertx.grpc.server.GrpcServerRequest;
import java.util.Set;
import java.util.concurrent.Executor;
import java.util.concurrent.RejectedExecutionException;
import java.util.concurrent.TimeUnit;

/**
 * One stream of operations. Everything here happens on the stream's event loop, except the work in
 * the token itself. When the caller reads its answers too slowly, no more operations are read.
 */
final class OperateStream {
  private final GrpcServerRequest<Operation, Answer> stream;
  private final Context context;
  private final Caller caller;
  private final Operations operations;
  private final Executor workers;
  private final Drain drain;
  private final NodeObserver observer;
  private final Set<OperateStream> open;
  private int unanswered;
  private boolean inputEnded;
  private boolean closed;

  OperateStream(
      GrpcServerRequest<Operation, Answer> stream,
      Context context,
      Caller caller,
      NodeApi.Engine engine,
      Set<OperateStream> open) {
    this.stream = stream;
    this.context = context;
    this.caller = caller;
    this.operations = engine.operations();
    this.workers = engine.workers();
    this.drain = engine.drain();
    this.observer = engine.observer();
    this.open = open;
  }

  /** Begins to read. */
  void start() {
    open.add(this);
    stream.exceptionHandler(this::broke);
    stream.response().exceptionHandler(this::broke);
    stream.endHandler(end -> {
      inputEnded = true;
      endWhenAnswered();
    });
    stream.handler(this::arrived);
  }

  private void broke(Throwable reason) {
    closed = true;
    open.remove(this);
  }

  private void arrived(Operation operation) {
    unanswered++;
    NodeObserver.Watch watch = observer.arrived(operation);
    if (!drain.tryBegin()) {
      Answer refusal =
          operations.failed(
              operation, new HsmException.DeviceUnavailable("the node is shutting down"));
      watch.ended(refusal);
      write(refusal);
      return;
    }
    try {
      caller.require(Call.of(operation));
      begin(operation, dueNanos(operation.getDeadlineMillis()), watch);
    } catch (HsmException e) {
      finish(operations.failed(operation, e), watch);
    }
  }

  private static long dueNanos(int deadlineMillis) {
    if (deadlineMillis < 1 || deadlineMillis > Limits.DEADLINE_MILLIS) {
      throw new HsmException.BadInput(
          "a deadline is 1 to "
              + Limits.DEADLINE_MILLIS
              + " ms, not "
              + Integer.toUnsignedString(deadlineMillis));
    }
    return System.nanoTime() + TimeUnit.MILLISECONDS.toNanos(deadlineMillis);
  }

  private void begin(Operation operation, long dueNanos, NodeObserver.Watch watch) {
    if (!caller.tryBegin()) {
      throw new HsmException.Throttled(
          "more than "
              + Limits.OUTSTANDING
              + " operations are outstanding on this connection; wait for answers");
    }
    try {
      watch.queued();
      workers.execute(() -> {
        Answer answer;
        try (Working _ = watch.begun()) {
          answer = run(operation, dueNanos);
        }
        context.runOnContext(back -> {
          caller.end();
          finish(answer, watch);
        });
      });
    } catch (RejectedExecutionException e) {
      caller.end();
      throw new HsmException.Throttled("too many operations wait for this node's token", e);
    }
  }

  private Answer run(Operation operation, long dueNanos) {
    if (System.nanoTime() - dueNanos >= 0) {
      return operations.failed(
          operation,
          new HsmException.DeadlineExceeded(
              "the token was busy for "
                  + operation.getDeadlineMillis()
                  + " ms; the operation was not begun"));
    }
    return operations.run(operation);
  }

  private void finish(Answer answer, NodeObserver.Watch watch) {
    watch.ended(answer);
    try {
      write(answer);
    } finally {
      drain.end();
    }
  }

  private void write(Answer answer) {
    unanswered--;
    if (closed) {
      return;
    }
    var response = stream.response();
    response.write(answer);
    if (response.writeQueueFull()) {
      stream.pause();
      response.drainHandler(drained -> stream.resume());
    }
    endWhenAnswered();
  }

  /** Ends the stream from this side; everything was answered. */
  void end() {
    context.runOnContext(now -> {
      inputEnded = true;
      endWhenAnswered();
    });
  }

  private void endWhenAnswered() {
    if (inputEnded && unanswered == 0 && !closed) {
      closed = true;
      stream.response().end();
      open.remove(this);
    }
  }
}
