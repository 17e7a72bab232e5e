package io.strongroom.cluster.node;

import com.google.protobuf.ByteString;
import com.google.protobuf.Message;
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
import io.strongroom.hsm.KeySpec;
import io.vertx.grpc.common.ServiceMethod;
import java.security.PublicKey;
import java.util.List;
import java.util.function.Function;
import java.util.function.IntSupplier;
import java.util.function.LongSupplier;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/** The control plane of a node: what each call does. Safe for use by many threads. */
final class ControlCalls {
  private static final Logger LOG = LoggerFactory.getLogger(ControlCalls.class);

  private final Self self;
  private final Vault vault;
  private final ByteString instance;
  private final List<Unary<?, ?>> all;

  /**
   * What a node says of itself.
   *
   * @param sessions how many operations its token takes at once
   * @param certificateMillis until when its certificate is good, Unix time; 0 for unknown
   * @param knownNodes how many nodes it knows, itself included
   */
  record Self(
      String cluster,
      String name,
      String zone,
      int sessions,
      LongSupplier certificateMillis,
      IntSupplier knownNodes) {}

  /** A call of the control plane: what it does, and how it says that it failed. */
  record Unary<Q, A extends Message>(
      Call call, ServiceMethod<Q, A> method, Function<Q, A> work, Function<Error, A> failure) {}

  ControlCalls(Self self, Vault vault) {
    this.self = self;
    this.vault = vault;
    this.instance = ByteString.copyFrom(vault.hsm().random(16));
    this.all =
        List.of(
            new Unary<>(
                Call.DESCRIBE,
                NodeGrpcService.Describe,
                r -> describe(),
                error -> DescribeReply.newBuilder().setError(error).build()),
            new Unary<>(
                Call.INVENTORY,
                NodeGrpcService.Inventory,
                r -> inventory(),
                error -> InventoryReply.newBuilder().setError(error).build()),
            seal(
                Call.CREATE,
                NodeGrpcService.Create,
                r -> vault.create(KeyCodec.fromWire(r.getSpec()))),
            seal(Call.UNWRAP, NodeGrpcService.Unwrap, this::unwrap),
            seal(Call.DERIVE, NodeGrpcService.Derive, this::derive),
            seal(
                Call.GET_SEAL,
                NodeGrpcService.GetSeal,
                r -> vault.held(KeyCodec.idFromWire(r.getId()))),
            seal(
                Call.PUT_SEAL, NodeGrpcService.PutSeal, r -> vault.put(r.getSeal(), r.getLearnt())),
            tombstone(
                Call.DESTROY,
                NodeGrpcService.Destroy,
                r -> vault.destroy(KeyCodec.idFromWire(r.getId()))),
            tombstone(
                Call.PUT_TOMBSTONE,
                NodeGrpcService.PutTombstone,
                r -> vault.put(r.getTombstone())));
  }

  /** All of them. */
  List<Unary<?, ?>> all() {
    return all;
  }

  /** Makes a call; failures are replies too. Blocks while the token works. */
  <Q, A extends Message> A run(Unary<Q, A> unary, Q message) {
    try {
      return unary.work().apply(message);
    } catch (HsmException e) {
      return failed(unary, e);
    } catch (RuntimeException e) {
      LOG.error("event=call_failed call={}", unary.call(), e);
      return failed(
          unary,
          new HsmException.DeviceUnavailable(
              "node \"" + self.name() + "\" failed; see its log", e));
    }
  }

  /** The reply that says why a call failed. */
  <Q, A extends Message> A failed(Unary<Q, A> unary, HsmException e) {
    return unary.failure().apply(ErrorCodec.toWire(e, self.name()));
  }

  private DescribeReply describe() {
    return InfoCodec.toWire(vault.hsm().info())
        .setCluster(self.cluster())
        .setName(self.name())
        .setZone(self.zone())
        .setDomainCheckValue(ByteString.copyFrom(vault.domain().checkValue()))
        .setInventoryVersion(vault.inventoryVersion())
        .setSessions(self.sessions())
        .setInstance(instance)
        .setCertificateExpiresMillis(self.certificateMillis().getAsLong())
        .setUnopened(vault.unopened())
        .setKnownNodes(self.knownNodes().getAsInt())
        .build();
  }

  private InventoryReply inventory() {
    Holdings.Inventory inventory = vault.inventory();
    InventoryReply.Builder reply = InventoryReply.newBuilder().setVersion(inventory.version());
    inventory.keys().forEach(key -> reply.addKeys(key.toWire()));
    return reply.addAllTombstones(inventory.tombstones()).build();
  }

  private SealedKey unwrap(UnwrapRequest request) {
    return vault.unwrap(
        KeyCodec.idFromWire(request.getUnwrappingKey()),
        AlgorithmCodec.fromWire(request.getAlgorithm()),
        Limits.atMost(Limits.WRAPPED_BYTES, request.getWrapped(), "the wrapped key"),
        unwrapTarget(request));
  }

  private static KeySpec unwrapTarget(UnwrapRequest request) {
    KeySpec spec = KeyCodec.fromWire(request.getSpec());
    PublicKey given =
        request.getPublicKey().isEmpty()
            ? null
            : KeyCodec.publicKeyFromWire(request.getPublicKey(), spec.type());
    return given == null ? spec : spec.withPublicKey(given);
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
}
