package io.strongroom.cluster;

import io.strongroom.cluster.wire.ErrorCodec;
import io.strongroom.cluster.wire.KeyCodec;
import io.strongroom.cluster.wire.v1.DestroyRequest;
import io.strongroom.cluster.wire.v1.NodeGrpcClient;
import io.strongroom.cluster.wire.v1.TombstoneReply;
import io.strongroom.hsm.HsmException;
import io.strongroom.hsm.KeyId;
import io.vertx.core.Future;
import io.vertx.core.Vertx;
import java.time.Duration;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.concurrent.atomic.AtomicBoolean;
import org.jspecify.annotations.Nullable;

/**
 * Destroys keys, those that were wanted and those that did not quite come to be. Each node that
 * does so keeps a tombstone, from which the others learn it when they are back.
 *
 * <p>Confined to one event loop.
 */
final class KeyDestroyer {

  private static final int DEADLINES = 2;

  private final Vertx vertx;
  private final Fleet fleet;
  private final int quorum;
  private final Duration timeout;

  KeyDestroyer(Vertx vertx, Fleet fleet, ClusterConfig config) {
    this.vertx = vertx;
    this.fleet = fleet;
    this.quorum = config.quorum();
    this.timeout = config.deadline().multipliedBy(DEADLINES);
  }

  /**
   * Destroys a key at all serving nodes; a quorum of them must confirm it. They are asked though
   * nobody is known to hold it, and leave their tombstones: a node that is away may hold a key that
   * was never acknowledged, another process may have made one just now, or a birth be under way.
   *
   * @param traceparent the context of the trace that it is a part of; null where there is none
   */
  Future<Void> destroy(KeyId id, @Nullable String traceparent) {
    AtomicBoolean existed = new AtomicBoolean(!fleet.holders(List.of(id)).isEmpty());
    return fleet
        .requireQuorum("destroy key " + id)
        .compose(_ ->
            Quorum.of(
                vertx, quorum, List.of(), destroyAt(id, fleet.serving(), existed, traceparent)))
        .compose(tally -> {
          if (tally.confirmed().size() < quorum) {
            return Future.failedFuture(notDestroyed(id, tally));
          }
          return existed.get()
              ? Future.succeededFuture()
              : Future.failedFuture(fleet.missing("key " + id));
        });
  }

  private HsmException notDestroyed(KeyId id, Quorum.Tally tally) {
    HsmException refusal = tally.refusal();
    if (tally.confirmed().isEmpty() && refusal != null) {
      return refusal;
    }
    return new HsmException.DeviceUnavailable(
        "key %s was destroyed at %d of %d nodes and %d are needed; destroy it again; %s"
            .formatted(
                id, tally.confirmed().size(), fleet.nodes().size(), quorum, fleet.reasons(tally)));
  }

  /**
   * Destroys what there may be of a key, wherever a node can be reached.
   *
   * @return what was done, in words; never fails
   */
  Future<String> undo(KeyId id) {
    List<Node> connected = fleet.nodes().stream().filter(Node::isConnected).toList();
    return Quorum.of(
            vertx, connected.size(), List.of(), destroyAt(id, connected, new AtomicBoolean(), null))
        .map(tally ->
            tally.confirmed().isEmpty()
                ? "it could not be undone at any node: destroy it when they serve again"
                : "it was undone at "
                    + Node.names(tally.confirmed())
                    + ", and the other nodes learn that from them");
  }

  private Map<Node, Future<?>> destroyAt(
      KeyId id, List<Node> nodes, AtomicBoolean existed, @Nullable String traceparent) {
    DestroyRequest request = DestroyRequest.newBuilder().setId(KeyCodec.toWire(id)).build();
    Map<Node, Future<?>> votes = new LinkedHashMap<>();
    for (Node node : nodes) {
      votes.put(
          node,
          node.call(NodeGrpcClient.Destroy, request, timeout, traceparent)
              .compose(reply ->
                  reply.hasError()
                      ? Future.<TombstoneReply>failedFuture(
                          ErrorCodec.fromWire(reply.getError(), node.name()))
                      : Future.succeededFuture(reply))
              .onSuccess(reply -> {
                existed.compareAndSet(false, reply.getExisted());
                node.amend(i -> i.destroyed(id));
              }));
    }
    return votes;
  }
}
