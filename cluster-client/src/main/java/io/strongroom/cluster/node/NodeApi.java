package io.strongroom.cluster.node;

import com.google.protobuf.Message;
import io.strongroom.cluster.identity.Refusal;
import io.strongroom.cluster.node.ControlCalls.Unary;
import io.strongroom.cluster.observe.Result;
import io.strongroom.cluster.observe.Traces;
import io.strongroom.cluster.observe.Working;
import io.strongroom.cluster.wire.v1.NodeGrpcService;
import io.strongroom.hsm.HsmException;
import io.vertx.core.Context;
import io.vertx.core.Vertx;
import io.vertx.grpc.server.GrpcServerRequest;
import io.vertx.grpc.server.Service;
import io.vertx.grpc.server.ServiceBuilder;
import java.util.Set;
import java.util.concurrent.ConcurrentHashMap;
import java.util.concurrent.RejectedExecutionException;
import java.util.concurrent.atomic.AtomicBoolean;
import java.util.function.Consumer;

/** The calls of {@code node.proto}: who may make them, and where they run. */
final class NodeApi {
  private final ControlCalls calls;
  private final Callers callers;
  private final Engine engine;
  private final Set<OperateStream> streams = ConcurrentHashMap.newKeySet();

  /**
   * Where calls run.
   *
   * @param operations what the stream's operations do
   * @param workers runs operations, as many at once as the token takes
   * @param control runs control-plane calls
   * @param drain counts what is under way
   * @param observer follows the operations
   * @param refusals counts what is not
   */
  record Engine(
      Operations operations,
      FairWorkers workers,
      FairWorkers control,
      Drain drain,
      NodeObserver observer,
      Refusals refusals) {}

  NodeApi(NodeConfig config, Peers peers, Vault vault, Callers callers, Engine engine) {
    this.callers = callers;
    this.engine = engine;
    CertificateExpiry certificate = new CertificateExpiry(config.certificate());
    this.calls =
        new ControlCalls(
            new ControlCalls.Self(
                config.cluster(),
                config.name(),
                config.zone(),
                config.sessions(),
                certificate::millis,
                () -> peers.now().size() + 1),
            vault);
  }

  Service service() {
    ServiceBuilder builder =
        Service.service(NodeGrpcService.SERVICE_NAME, NodeGrpcService.SERVICE_DESCRIPTOR);
    builder.bind(NodeGrpcService.Operate, this::operate);
    calls.all().forEach(unary -> bind(builder, unary));
    return builder.build();
  }

  private void operate(
      GrpcServerRequest<
              io.strongroom.cluster.wire.v1.Operation, io.strongroom.cluster.wire.v1.Answer>
          stream) {
    Context context = Vertx.currentContext();
    new OperateStream(stream, context, callers.of(stream.connection()), engine, streams).start();
  }

  /** Ends the streams that are open; everything on them was answered. */
  void endStreams() {
    streams.forEach(OperateStream::end);
  }

  private <Q, A extends Message> void bind(ServiceBuilder builder, Unary<Q, A> unary) {
    builder.bind(
        unary.method(), request -> request.handler(message -> serve(request, message, unary)));
  }

  private <Q, A extends Message> void serve(
      GrpcServerRequest<Q, A> request, Q message, Unary<Q, A> unary) {
    Context context = Vertx.currentContext();
    AtomicBoolean gone = new AtomicBoolean();
    request.exceptionHandler(_ -> gone.set(true));
    request.errorHandler(_ -> gone.set(true));
    request.response().exceptionHandler(_ -> gone.set(true));
    NodeObserver.Watch watch =
        engine.observer().arrived(unary.call(), request.headers().get(Traces.FIELD));
    Consumer<A> answer =
        reply -> {
          watch.ended(Result.ofReply(reply));
          if (!gone.get()) {
            // In two steps: Vert.x 5.0.7 throws a NullPointerException when it has to discard an
            // end, because the caller has left.
            request.response().write(reply).onSuccess(_ -> request.response().end());
          }
        };
    if (!engine.drain().tryBegin()) {
      engine.refusals().quietly(Refusal.DRAINING);
      // Throttled: nothing was done, so that the caller may go elsewhere even with a birth.
      answer.accept(failed(unary, new HsmException.Throttled("the node is shutting down")));
      return;
    }
    try {
      Caller caller = callers.of(request.connection());
      caller.require(unary.call());
      engine
          .control()
          .execute(
              caller.lane(),
              () ->
                  work(
                      unary,
                      message,
                      gone,
                      watch,
                      reply -> context.runOnContext(_ -> finish(answer, reply))));
    } catch (HsmException e) {
      finish(answer, failed(unary, e));
    } catch (RejectedExecutionException e) {
      engine.refusals().quietly(Refusal.QUEUE_FULL);
      finish(answer, failed(unary, new HsmException.Throttled("too many calls wait here", e)));
    }
  }

  private <Q, A extends Message> void work(
      Unary<Q, A> unary,
      Q message,
      AtomicBoolean gone,
      NodeObserver.Watch watch,
      Consumer<A> answer) {
    if (gone.get()) {
      watch.ended(Result.DEADLINE_EXCEEDED);
      engine.refusals().counters().dropAbandoned();
      engine.drain().end();
      return;
    }
    A reply;
    try (Working _ = watch.working()) {
      reply = run(unary, message);
    }
    answer.accept(reply);
  }

  private <A extends Message> void finish(Consumer<A> answer, A reply) {
    try {
      answer.accept(reply);
    } finally {
      engine.drain().end();
    }
  }

  private <Q, A extends Message> A run(Unary<Q, A> unary, Q message) {
    return calls.run(unary, message);
  }

  private <Q, A extends Message> A failed(Unary<Q, A> unary, HsmException e) {
    return calls.failed(unary, e);
  }
}
