package io.strongroom.cluster.node;

import com.google.protobuf.Message;
import io.strongroom.cluster.identity.Role;
import io.strongroom.cluster.link.NodeLink;
import io.strongroom.cluster.link.NothingSent;
import io.strongroom.cluster.node.ControlCalls.Unary;
import io.strongroom.cluster.wire.v1.Answer;
import io.strongroom.cluster.wire.v1.Operation;
import io.strongroom.hsm.HsmException;
import io.vertx.core.Context;
import io.vertx.core.Future;
import io.vertx.core.Promise;
import io.vertx.core.Vertx;
import io.vertx.grpc.common.ServiceMethod;
import java.time.Duration;
import java.util.HashSet;
import java.util.List;
import java.util.Set;
import java.util.concurrent.Executor;
import java.util.concurrent.RejectedExecutionException;
import java.util.function.Consumer;
import java.util.function.Supplier;
import org.jspecify.annotations.Nullable;

/** The way to a node of this process: its threads. It is never lost, only closed. */
final class EmbeddedLink implements NodeLink {

  private final Vertx vertx;
  private final Context loop;
  private final String name;
  private final EmbeddedNode.Served served;
  private final Executor workers;
  private final Executor control;
  private final Set<Promise<?>> outstanding = new HashSet<>();
  private @Nullable HsmException lost;

  EmbeddedLink(
      Vertx vertx, String name, EmbeddedNode.Served served, Executor workers, Executor control) {
    this.vertx = vertx;
    this.loop = vertx.getOrCreateContext();
    this.name = name;
    this.served = served;
    this.workers = workers;
    this.control = control;
  }

  @Override
  public Future<Answer> operate(Operation operation, Duration timeout) {
    Call call = Call.of(operation);
    return call.isAllowedTo(served.role())
        ? run(workers, () -> served.operations().run(operation), timeout)
        : Future.failedFuture(denied(call));
  }

  @Override
  public <Q, R> Future<R> call(ServiceMethod<R, Q> method, Q message, Duration timeout) {
    Unary<?, ?> unary =
        served.calls().all().stream()
            .filter(one -> one.method().methodName().equals(method.methodName()))
            .findFirst()
            .orElseThrow(() -> new IllegalArgumentException(method.fullMethodName()));
    // What any node may ask of another, this one may ask of itself.
    return unary.call().isAllowedTo(served.role()) || unary.call().isAllowedTo(Role.NODE)
        ? run(control, () -> reply(unary, message), timeout)
        : Future.failedFuture(denied(unary.call()));
  }

  // One method has one pair of types.
  @SuppressWarnings("unchecked")
  private <Q, R> R reply(Unary<?, ?> unary, Q message) {
    return (R) made((Unary<Q, ?>) unary, message);
  }

  private <Q, A extends Message> A made(Unary<Q, A> unary, Q message) {
    return served.calls().run(unary, message);
  }

  private <T> Future<T> run(Executor threads, Supplier<T> work, Duration timeout) {
    if (lost != null) {
      return Future.failedFuture(lost);
    }
    long millis = Math.max(1, timeout.toMillis());
    long dueNanos = System.nanoTime() + timeout.toNanos();
    Promise<T> promise = Promise.promise();
    try {
      threads.execute(() -> {
        // Nobody waits for it any more.
        if (!promise.future().isComplete() && System.nanoTime() - dueNanos < 0) {
          T result = work.get();
          loop.runOnContext(_ -> promise.tryComplete(result));
        }
      });
    } catch (RejectedExecutionException e) {
      return Future.failedFuture(
          new HsmException.Throttled(
              "node \"" + name + "\": too many calls wait for its token",
              new NothingSent(e),
              null,
              name));
    }
    outstanding.add(promise);
    long timer = vertx.setTimer(millis, _ -> promise.tryFail(late(millis)));
    return promise
        .future()
        .onComplete(_ -> {
          outstanding.remove(promise);
          vertx.cancelTimer(timer);
        });
  }

  @Override
  public void onLost(Consumer<HsmException> handler) {
    // A token that fails does so operation by operation.
  }

  @Override
  public void close(HsmException cause) {
    if (lost == null) {
      lost = cause;
      List.copyOf(outstanding).forEach(promise -> promise.tryFail(cause));
    }
  }

  private HsmException late(long millis) {
    return new HsmException.DeadlineExceeded(
        "node \"" + name + "\" did not answer within " + millis + " ms", null, null, name);
  }

  private HsmException denied(Call call) {
    return new HsmException.AccessDenied(
        "node \""
            + name
            + "\": a "
            + served.role()
            + " may not call "
            + call
            + "; use a certificate of a role that may",
        null,
        null,
        name);
  }
}
