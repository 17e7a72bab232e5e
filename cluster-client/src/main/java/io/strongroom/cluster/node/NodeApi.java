package io.strongroom.cluster.node;

import com.google.protobuf.ByteString;
import com.google.protobuf.Message;
import io.strongroom.cluster.identity.Refusal;
import io.strongroom.cluster.observe.Result;
import io.strongroom.cluster.observe.Traces;
import io.strongroom.cluster.observe.Working;
import io.strongroom.cluster.wire.AlgorithmCodec;
import io.strongroom.cluster.wire.DeriveCodec;
import io.strongroom.cluster.wire.ErrorCodec;
import io.strongroom.cluster.wire.InfoCodec;
import io.strongroom.cluster.wire.KeyCodec;
import io.strongroom.cluster.wire.Limits;
import io.strongroom.cluster.wire.v1.DeriveRequest;
import io.strongroom.cluster.wire.v1.DescribeReply;
import io.strongroom.cluster.wire.v1.Error;
import io.strongroom.cluster.wire.v1.InventoryReply;
import io.strongroom.cluster.wire.v1.NodeGrpcService;
import io.strongroom.cluster.wire.v1.SealReply;
import io.strongroom.cluster.wire.v1.TombstoneReply;
import io.strongroom.cluster.wire.v1.UnwrapRequest;
import io.strongroom.hsm.HsmException;
import io.vertx.core.Context;
import io.vertx.core.Vertx;
import io.vertx.grpc.common.ServiceMethod;
import io.vertx.grpc.server.GrpcServerRequest;
import io.vertx.grpc.server.Service;
import io.vertx.grpc.server.ServiceBuilder;
import java.util.Set;
import java.util.concurrent.ConcurrentHashMap;
import java.util.concurrent.RejectedExecutionException;
import java.util.concurrent.atomic.AtomicBoolean;
import java.util.function.Consumer;
import java.util.function.Function;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/** The calls of {@code node.proto}: who may make them, where they run, and what they do. */
final class NodeApi {
  private static final Logger LOG = LoggerFactory.getLogger(NodeApi.class);

  private final NodeConfig config;
  private final Peers peers;
  private final Vault vault;
  private final Callers callers;
  private final Engine engine;
  private final Set<OperateStream> streams = ConcurrentHashMap.newKeySet();
  private final ByteString instance;
  private final CertificateExpiry certificate;

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
    this.config = config;
    this.peers = peers;
    this.vault = vault;
    this.callers = callers;
    this.engine = engine;
    this.instance = ByteString.copyFrom(vault.hsm().random(16));
    this.certificate = new CertificateExpiry(config.certificate());
  }

  Service service() {
    ServiceBuilder builder =
        Service.service(NodeGrpcService.SERVICE_NAME, NodeGrpcService.SERVICE_DESCRIPTOR);
    builder.bind(NodeGrpcService.Operate, this::operate);
    bind(
        builder,
        new Unary<>(
            Call.DESCRIBE, NodeGrpcService.Describe, r -> describe(), NodeApi::describeFailed));
    bind(
        builder,
        new Unary<>(
            Call.INVENTORY, NodeGrpcService.Inventory, r -> inventory(), NodeApi::inventoryFailed));
    bind(builder, seal(Call.CREATE, NodeGrpcService.Create, r -> create(r.getSpec())));
    bind(builder, seal(Call.UNWRAP, NodeGrpcService.Unwrap, this::unwrap));
    bind(builder, seal(Call.DERIVE, NodeGrpcService.Derive, this::derive));
    bind(
        builder,
        seal(
            Call.GET_SEAL,
            NodeGrpcService.GetSeal,
            r -> vault.held(KeyCodec.idFromWire(r.getId()))));
    bind(
        builder,
        seal(Call.PUT_SEAL, NodeGrpcService.PutSeal, r -> vault.put(r.getSeal(), r.getLearnt())));
    bind(
        builder,
        tombstone(
            Call.DESTROY,
            NodeGrpcService.Destroy,
            r -> vault.destroy(KeyCodec.idFromWire(r.getId()))));
    bind(
        builder,
        tombstone(
            Call.PUT_TOMBSTONE, NodeGrpcService.PutTombstone, r -> vault.put(r.getTombstone())));
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

  private DescribeReply describe() {
    return InfoCodec.toWire(vault.hsm().info())
        .setCluster(config.cluster())
        .setName(config.name())
        .setZone(config.zone())
        .setDomainCheckValue(ByteString.copyFrom(vault.domain().checkValue()))
        .setInventoryVersion(vault.inventoryVersion())
        .setSessions(config.sessions())
        .setInstance(instance)
        .setCertificateExpiresMillis(certificate.millis())
        .setUnopened(vault.unopened())
        .setKnownNodes(peers.now().size() + 1)
        .build();
  }

  private static DescribeReply describeFailed(Error error) {
    return DescribeReply.newBuilder().setError(error).build();
  }

  private InventoryReply inventory() {
    Holdings.Inventory inventory = vault.inventory();
    InventoryReply.Builder reply = InventoryReply.newBuilder().setVersion(inventory.version());
    inventory.keys().forEach(key -> reply.addKeys(key.toWire()));
    return reply.addAllTombstones(inventory.tombstones()).build();
  }

  private static InventoryReply inventoryFailed(Error error) {
    return InventoryReply.newBuilder().setError(error).build();
  }

  private SealedKey create(io.strongroom.cluster.wire.v1.KeySpec spec) {
    return vault.create(KeyCodec.fromWire(spec));
  }

  private SealedKey unwrap(UnwrapRequest request) {
    return vault.unwrap(
        KeyCodec.idFromWire(request.getUnwrappingKey()),
        AlgorithmCodec.fromWire(request.getAlgorithm()),
        Limits.atMost(Limits.WRAPPED_BYTES, request.getWrapped(), "the wrapped key"),
        KeyCodec.fromWire(request.getSpec()));
  }

  private SealedKey derive(DeriveRequest request) {
    return vault.derive(
        KeyCodec.idFromWire(request.getKey()),
        DeriveCodec.fromWire(request.getAlgorithm()),
        KeyCodec.fromWire(request.getSpec()));
  }

  private static <Q> Unary<Q, SealReply> seal(
      Call call, ServiceMethod<Q, SealReply> method, Function<Q, SealedKey> work) {
    return new Unary<>(
        call,
        method,
        request -> SealReply.newBuilder().setSeal(work.apply(request).seal()).build(),
        error -> SealReply.newBuilder().setError(error).build());
  }

  private static <Q> Unary<Q, TombstoneReply> tombstone(
      Call call, ServiceMethod<Q, TombstoneReply> method, Function<Q, Vault.Burial> work) {
    return new Unary<>(
        call,
        method,
        request -> {
          Vault.Burial burial = work.apply(request);
          return TombstoneReply.newBuilder()
              .setTombstone(burial.tombstone())
              .setExisted(burial.existed())
              .build();
        },
        error -> TombstoneReply.newBuilder().setError(error).build());
  }

  /** A call of the control plane: what it does, and how it says that it failed. */
  private record Unary<Q, A extends Message>(
      Call call, ServiceMethod<Q, A> method, Function<Q, A> work, Function<Error, A> failure) {}

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
    try {
      return unary.work().apply(message);
    } catch (HsmException e) {
      return failed(unary, e);
    } catch (RuntimeException e) {
      LOG.error("event=call_failed call={}", unary.call(), e);
      return failed(
          unary,
          new HsmException.DeviceUnavailable(
              "node \"" + config.name() + "\" failed; see its log", e));
    }
  }

  private <Q, A extends Message> A failed(Unary<Q, A> unary, HsmException e) {
    return unary.failure().apply(ErrorCodec.toWire(e, config.name()));
  }
}
