package io.strongroom.cluster.node;

import io.strongroom.cluster.identity.Refusal;
import io.strongroom.cluster.observe.Working;
import io.strongroom.cluster.wire.Limits;
import io.strongroom.cluster.wire.v1.Answer;
import io.strongroom.cluster.wire.v1.Operation;
import io.strongroom.hsm.HsmException;
import io.vertx.core.Context;
import io.vertx.core.Future;
import io.vertx.grpc.common.GrpcStatus;
import io.vertx.grpc.common.InvalidMessageException;
import io.vertx.grpc.server.GrpcServerRequest;
import java.util.Set;
import java.util.concurrent.RejectedExecutionException;
import java.util.concurrent.TimeUnit;

/**
 * One stream of operations. Everything here happens on the stream's event loop, except the work in
 * the token itself. When the caller reads its answers too slowly, no more operations are read; when
 * it has gone, what it asked for and was not begun is dropped.
 */
final class OperateStream {
  private final GrpcServerRequest<Operation, Answer> stream;
  private final Context context;
  private final Caller caller;
  private final NodeApi.Engine engine;
  private final Set<OperateStream> open;
  private Future<Void> lastWrite = Future.succeededFuture();
  private int unanswered;
  private boolean inputEnded;
  private volatile boolean closed;

  OperateStream(
      GrpcServerRequest<Operation, Answer> stream,
      Context context,
      Caller caller,
      NodeApi.Engine engine,
      Set<OperateStream> open) {
    this.stream = stream;
    this.context = context;
    this.caller = caller;
    this.engine = engine;
    this.open = open;
  }

  /** Begins to read. */
  void start() {
    open.add(this);
    stream.exceptionHandler(_ -> gone());
    stream.response().exceptionHandler(_ -> gone());
    // A stream that is taken back is told of here only.
    stream.errorHandler(_ -> gone());
    stream.invalidMessageHandler(this::refuse);
    stream.endHandler(_ -> {
      inputEnded = true;
      endWhenAnswered();
    });
    stream.handler(this::arrived);
    caller.opened(this);
  }

  private void gone() {
    closed = true;
    open.remove(this);
    caller.closed(this);
  }

  /** A message over its limit, of which nothing but the size was read. */
  private void refuse(InvalidMessageException reason) {
    engine.refusals().call(Refusal.TOO_LARGE, caller.toString(), Call.OPERATE.name());
    stream.response().status(GrpcStatus.RESOURCE_EXHAUSTED);
    stream.response().statusMessage("a message has at most " + Limits.MESSAGE_BYTES + " bytes");
    inputEnded = true;
    endWhenAnswered();
  }

  private void arrived(Operation operation) {
    if (closed || inputEnded) {
      return;
    }
    unanswered++;
    NodeObserver.Watch watch = engine.observer().arrived(operation);
    if (!engine.drain().tryBegin()) {
      engine.refusals().quietly(Refusal.DRAINING);
      Answer refusal =
          failed(operation, new HsmException.DeviceUnavailable("the node is shutting down"));
      watch.ended(refusal);
      write(refusal);
      return;
    }
    try {
      caller.require(Call.of(operation));
      begin(new Task(operation, dueNanos(operation.getDeadlineMillis()), watch));
    } catch (HsmException e) {
      finish(failed(operation, e), watch);
    }
  }

  private Answer failed(Operation operation, HsmException e) {
    return engine.operations().failed(operation, e);
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

  /** An operation that waits for the token or is being done there. */
  private record Task(Operation operation, long dueNanos, NodeObserver.Watch watch) {
    int bytes() {
      return operation.getSerializedSize();
    }
  }

  private void begin(Task task) {
    caller.begin(task.bytes());
    try {
      task.watch().queued();
      engine.workers().execute(caller.lane(), () -> work(task));
    } catch (RejectedExecutionException e) {
      caller.end(task.bytes());
      engine.refusals().quietly(Refusal.QUEUE_FULL);
      throw new HsmException.Throttled(
          "too many operations of this identity wait for the node's token", e);
    }
  }

  private void work(Task task) {
    if (closed) {
      engine.refusals().counters().dropAbandoned();
      task.watch()
          .ended(
              failed(task.operation(), new HsmException.DeadlineExceeded("the caller has gone")));
      caller.end(task.bytes());
      engine.drain().end();
      return;
    }
    Answer answer;
    try (Working _ = task.watch().begun()) {
      answer = run(task);
    }
    context.runOnContext(_ -> {
      caller.end(task.bytes());
      finish(answer, task.watch());
    });
  }

  private Answer run(Task task) {
    if (System.nanoTime() - task.dueNanos() >= 0) {
      engine.refusals().counters().dropLate();
      return failed(
          task.operation(),
          new HsmException.DeadlineExceeded(
              "the token was busy for "
                  + task.operation().getDeadlineMillis()
                  + " ms; the operation was not begun"));
    }
    return engine.operations().run(task.operation());
  }

  private void finish(Answer answer, NodeObserver.Watch watch) {
    watch.ended(answer);
    try {
      write(answer);
    } finally {
      engine.drain().end();
    }
  }

  private void write(Answer answer) {
    unanswered--;
    if (closed) {
      return;
    }
    var response = stream.response();
    lastWrite = response.write(answer);
    if (response.writeQueueFull()) {
      stream.pause();
      response.drainHandler(_ -> stream.resume());
    }
    endWhenAnswered();
  }

  /** Ends the stream from this side, once everything on it is answered. */
  void end() {
    context.runOnContext(_ -> {
      inputEnded = true;
      endWhenAnswered();
    });
  }

  private void endWhenAnswered() {
    if (inputEnded && unanswered == 0 && !closed) {
      gone();
      // Only when the last answer is on its way: Vert.x 5.0.7 throws a NullPointerException when
      // it has to discard an end that waits, because the caller has left.
      lastWrite.onSuccess(_ -> stream.response().end());
    }
  }
}
