package io.strongroom.cluster;

import io.strongroom.cluster.SyncReport.Outcome;
import io.strongroom.cluster.SyncReport.Step;
import io.strongroom.cluster.SyncReport.What;
import io.strongroom.cluster.wire.ErrorCodec;
import io.strongroom.cluster.wire.KeyCodec;
import io.strongroom.cluster.wire.v1.CheckValue;
import io.strongroom.cluster.wire.v1.Error;
import io.strongroom.cluster.wire.v1.GetSealRequest;
import io.strongroom.cluster.wire.v1.HeldKey;
import io.strongroom.cluster.wire.v1.InventoryReply;
import io.strongroom.cluster.wire.v1.InventoryRequest;
import io.strongroom.cluster.wire.v1.NodeGrpcClient;
import io.strongroom.cluster.wire.v1.Operation;
import io.strongroom.cluster.wire.v1.PutSealRequest;
import io.strongroom.cluster.wire.v1.PutTombstoneRequest;
import io.strongroom.cluster.wire.v1.Seal;
import io.strongroom.cluster.wire.v1.Tombstone;
import io.strongroom.hsm.HsmException;
import io.strongroom.hsm.KeyId;
import io.vertx.core.Future;
import java.time.Duration;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.function.Consumer;
import org.jspecify.annotations.Nullable;

/**
 * Brings nodes level at once: tombstones first, then the keys that nobody has destroyed. What nodes
 * do by themselves, with an account of it. Blocks between steps; for one thread.
 */
final class Levelling {
  private static final int DEADLINES = 4;

  private final Cluster cluster;
  private final Fleet fleet;
  private final Duration timeout;
  private final boolean dryRun;
  private final Consumer<Step> progress;
  private final List<Step> steps = new ArrayList<>();
  private final Map<Node, InventoryReply> heard = new LinkedHashMap<>();
  private final Map<KeyId, Tombstone> tombstones = new HashMap<>();
  private final Map<KeyId, HeldKey> keys = new LinkedHashMap<>();

  /**
   * @param dryRun whether nothing is to be changed
   * @param progress gets each step when it is done
   */
  Levelling(Cluster cluster, boolean dryRun, Consumer<Step> progress) {
    this.cluster = cluster;
    this.fleet = cluster.fleet();
    this.timeout = cluster.configuration().deadline().multipliedBy(DEADLINES);
    this.dryRun = dryRun;
    this.progress = progress;
  }

  SyncReport run() {
    hear();
    heard.forEach((node, inventory) -> bury(node, inventory));
    heard.forEach((node, inventory) -> bring(node, inventory));
    if (!dryRun) {
      call(fleet::refresh);
    }
    List<String> absent =
        fleet.nodes().stream().filter(node -> !heard.containsKey(node)).map(Node::name).toList();
    return new SyncReport(steps, absent);
  }

  private void hear() {
    for (Node node : call(() -> Future.succeededFuture(fleet.serving()))) {
      try {
        InventoryReply reply =
            call(() ->
                node.call(
                    NodeGrpcClient.Inventory, InventoryRequest.getDefaultInstance(), timeout));
        require(node, reply.hasError(), reply.getError());
        heard.put(node, reply);
      } catch (HsmException e) {
        // It counts as absent.
        continue;
      }
    }
    heard.values().stream()
        .flatMap(reply -> reply.getTombstonesList().stream())
        .forEach(
            tombstone -> tombstones.putIfAbsent(KeyCodec.idFromWire(tombstone.getId()), tombstone));
    heard.values().stream()
        .flatMap(reply -> reply.getKeysList().stream())
        .forEach(key -> keys.putIfAbsent(id(key), key));
    keys.keySet().removeAll(tombstones.keySet());
  }

  private void bury(Node node, InventoryReply inventory) {
    Map<KeyId, Tombstone> lacking = new LinkedHashMap<>(tombstones);
    inventory
        .getTombstonesList()
        .forEach(known -> lacking.remove(KeyCodec.idFromWire(known.getId())));
    lacking.forEach((id, tombstone) ->
        step(
            node,
            What.TOMBSTONE,
            id,
            null,
            () -> {
              var request = PutTombstoneRequest.newBuilder().setTombstone(tombstone).build();
              var reply = call(() -> node.call(NodeGrpcClient.PutTombstone, request, timeout));
              require(node, reply.hasError(), reply.getError());
            }));
  }

  private void bring(Node node, InventoryReply inventory) {
    Map<KeyId, HeldKey> lacking = new LinkedHashMap<>(keys);
    inventory.getKeysList().forEach(key -> lacking.remove(id(key)));
    lacking.forEach(
        (id, key) -> step(node, What.KEY, id, key.getSpec().getLabel(), () -> put(node, seal(id))));
  }

  /** The seal of a key, from the first holder that gives it. */
  private Seal seal(KeyId id) {
    requireUncontested(id);
    GetSealRequest request = GetSealRequest.newBuilder().setId(KeyCodec.toWire(id)).build();
    HsmException last = new HsmException.KeyNotFound("no node that answers holds key " + id);
    for (Node holder : heard.keySet()) {
      if (holder.holds(id)) {
        try {
          var reply = call(() -> holder.call(NodeGrpcClient.GetSeal, request, timeout));
          require(holder, reply.hasError(), reply.getError());
          return reply.getSeal();
        } catch (HsmException e) {
          last = e;
        }
      }
    }
    throw last;
  }

  private void requireUncontested(KeyId id) {
    long different =
        heard.values().stream()
            .flatMap(reply -> reply.getKeysList().stream())
            .filter(key -> id(key).equals(id))
            .map(HeldKey::getSealMac)
            .distinct()
            .count();
    if (different > 1) {
      throw new HsmException.KeyExists(
          "nodes hold different keys under the id "
              + id
              + "; they settle it once all of them serve, else destroy it");
    }
  }

  private void put(Node node, Seal seal) {
    PutSealRequest request = PutSealRequest.newBuilder().setSeal(seal).setLearnt(true).build();
    var reply = call(() -> node.call(NodeGrpcClient.PutSeal, request, timeout));
    require(node, reply.hasError(), reply.getError());
    Operation check =
        Operation.newBuilder()
            .setKey(seal.getSpec().getId())
            .setCheckValue(CheckValue.getDefaultInstance())
            .build();
    var computed = call(() -> node.operate(check, timeout)).getOutput();
    if (!computed.equals(seal.getCheckValue())) {
      throw new HsmException.AuthenticationFailed(
          "the key opened to another check value at node \"" + node.name() + "\"; see its log");
    }
  }

  private void step(Node node, What what, KeyId id, @Nullable String label, Runnable work) {
    Outcome outcome = Outcome.PLANNED;
    String reason = null;
    if (!dryRun) {
      try {
        work.run();
        outcome = Outcome.BROUGHT;
      } catch (HsmException e) {
        outcome = Outcome.FAILED;
        reason = e.text();
      }
    }
    Step done = new Step(node.name(), what, id, label, outcome, reason);
    steps.add(done);
    progress.accept(done);
  }

  private <T> T call(java.util.function.Supplier<Future<T>> work) {
    return Blocking.await(cluster.submit(work), timeout);
  }

  private static void require(Node node, boolean failed, Error error) {
    if (failed) {
      throw ErrorCodec.fromWire(error, node.name());
    }
  }

  private static KeyId id(HeldKey key) {
    return KeyCodec.idFromWire(key.getSpec().getId());
  }
}
