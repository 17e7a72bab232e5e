package io.strongroom.cluster;

import io.strongroom.cluster.wire.ErrorCodec;
import io.strongroom.cluster.wire.KeyCodec;
import io.strongroom.cluster.wire.v1.GetSealRequest;
import io.strongroom.cluster.wire.v1.InventoryReply;
import io.strongroom.cluster.wire.v1.InventoryRequest;
import io.strongroom.cluster.wire.v1.NodeGrpcClient;
import io.strongroom.cluster.wire.v1.PutSealRequest;
import io.strongroom.cluster.wire.v1.PutTombstoneRequest;
import io.strongroom.cluster.wire.v1.Tombstone;
import io.strongroom.hsm.HsmException;
import io.strongroom.hsm.KeyId;
import io.vertx.core.Future;
import io.vertx.core.Vertx;
import java.time.Duration;
import java.util.ArrayList;
import java.util.HashSet;
import java.util.List;
import java.util.Set;
import java.util.function.Supplier;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * Keeps the nodes of this process level with the others. Servers ask each other; a node of a
 * client's process nobody can ask, so that the client carries: tombstones first, then seals, both
 * ways, one at a time. With a user's certificate it learns of destroyed keys only: servers neither
 * give seals to users nor take them.
 *
 * <p>Confined to one event loop.
 */
final class MemberSync {

  private static final Logger LOG = LoggerFactory.getLogger(MemberSync.class);
  private static final Duration EVERY = Duration.ofSeconds(2);
  private static final int DEADLINES = 2;

  private final Vertx vertx;
  private final Fleet fleet;
  private final List<Node> members = new ArrayList<>();
  private final Duration timeout;
  private final Set<String> told = new HashSet<>();
  // Refused to this client's role: asking again would only fill the node's log.
  private final Set<Route> denied = new HashSet<>();
  private long timer = -1;
  private boolean closed;

  /** One transfer between two nodes. */
  private record Route(Node from, Node to) {}

  MemberSync(Vertx vertx, Fleet fleet, ClusterConfig config) {
    this.vertx = vertx;
    this.fleet = fleet;
    this.timeout = config.deadline().multipliedBy(DEADLINES);
    for (int i = 0; i < config.nodes().size(); i++) {
      if (config.nodes().get(i).token() != null) {
        members.add(fleet.nodes().get(i));
      }
    }
  }

  /** Begins, if there is a node of this process. */
  void start() {
    if (!members.isEmpty()) {
      next();
    }
  }

  private void next() {
    if (!closed) {
      timer = vertx.setTimer(EVERY.toMillis(), _ -> round().onComplete(_ -> next()));
    }
  }

  private Future<Void> round() {
    return inTurn(
        routes().stream().<Supplier<Future<Void>>>map(route -> () -> level(route)).toList());
  }

  private List<Route> routes() {
    List<Node> connected = fleet.nodes().stream().filter(Node::isConnected).toList();
    List<Route> routes = new ArrayList<>();
    for (Node from : connected) {
      for (Node to : connected) {
        if (from != to && (members.contains(from) || members.contains(to))) {
          routes.add(new Route(from, to));
        }
      }
    }
    return routes;
  }

  private Future<Void> level(Route route) {
    Set<KeyId> buried = new HashSet<>(route.from().inventory().tombstones());
    buried.removeAll(route.to().inventory().tombstones());
    Set<KeyId> lacking = new HashSet<>(route.from().inventory().keys().keySet());
    lacking.removeAll(route.to().inventory().keys().keySet());
    lacking.removeIf(id -> fleet.isDestroyed(List.of(id)) || fleet.isContested(id));
    List<Supplier<Future<Void>>> steps = new ArrayList<>();
    if (!buried.isEmpty() && (members.contains(route.to()) || !denied.contains(route))) {
      steps.add(() -> attempt(route, bury(route, buried)));
    }
    lacking.forEach(id ->
        steps.add(() ->
            denied.contains(route) ? Future.succeededFuture() : attempt(route, carry(route, id))));
    return inTurn(steps);
  }

  /** What fails is tried again in the next round. */
  private Future<Void> attempt(Route route, Future<Void> transfer) {
    return transfer.recover(e -> {
      if (e instanceof HsmException.AccessDenied) {
        denied.add(route);
      }
      tell(route, e);
      return Future.succeededFuture();
    });
  }

  private Future<Void> bury(Route route, Set<KeyId> ids) {
    return route
        .from()
        .call(NodeGrpcClient.Inventory, InventoryRequest.getDefaultInstance(), timeout)
        .map(reply -> checked(reply, reply.hasError(), () -> error(reply, route.from())))
        .compose(reply ->
            inTurn(
                reply.getTombstonesList().stream()
                    .filter(t -> ids.contains(KeyCodec.idFromWire(t.getId())))
                    .<Supplier<Future<Void>>>map(t -> () -> put(route.to(), t))
                    .toList()));
  }

  private static HsmException error(InventoryReply reply, Node from) {
    return ErrorCodec.fromWire(reply.getError(), from.name());
  }

  private Future<Void> put(Node to, Tombstone tombstone) {
    KeyId id = KeyCodec.idFromWire(tombstone.getId());
    return to.call(
            NodeGrpcClient.PutTombstone,
            PutTombstoneRequest.newBuilder().setTombstone(tombstone).build(),
            timeout)
        .map(reply ->
            checked(
                reply, reply.hasError(), () -> ErrorCodec.fromWire(reply.getError(), to.name())))
        .onSuccess(_ -> {
          to.amend(i -> i.destroyed(id));
          LOG.info("event=key_destroyed key={} node={}", id, to.name());
        })
        .mapEmpty();
  }

  private Future<Void> carry(Route route, KeyId id) {
    GetSealRequest request = GetSealRequest.newBuilder().setId(KeyCodec.toWire(id)).build();
    return route
        .from()
        .call(NodeGrpcClient.GetSeal, request, timeout)
        .map(reply ->
            checked(
                reply,
                reply.hasError(),
                () -> ErrorCodec.fromWire(reply.getError(), route.from().name())))
        .compose(reply ->
            route
                .to()
                .call(
                    NodeGrpcClient.PutSeal,
                    PutSealRequest.newBuilder().setSeal(reply.getSeal()).setLearnt(true).build(),
                    timeout))
        .map(reply ->
            checked(
                reply,
                reply.hasError(),
                () -> ErrorCodec.fromWire(reply.getError(), route.to().name())))
        .compose(_ -> route.to().refresh())
        .onSuccess(_ ->
            LOG.info(
                "event=key_opened key={} node={} learnt_from={}",
                id,
                route.to().name(),
                route.from().name()));
  }

  private static <R> R checked(R reply, boolean failed, Supplier<HsmException> error) {
    if (failed) {
      throw error.get();
    }
    return reply;
  }

  private void tell(Route route, Throwable failure) {
    String reason = failure instanceof HsmException known ? known.text() : failure.toString();
    if (!closed && told.add(route.from().name() + ">" + route.to().name() + ": " + reason)) {
      LOG.warn(
          "event=not_level node={} from={} reason=\"{}\"",
          route.to().name(),
          route.from().name(),
          reason);
    }
  }

  /** One after the other. */
  private static Future<Void> inTurn(List<Supplier<Future<Void>>> steps) {
    Future<Void> last = Future.succeededFuture();
    for (Supplier<Future<Void>> step : steps) {
      last = last.compose(_ -> step.get());
    }
    return last;
  }

  /** Ends it. */
  void close() {
    closed = true;
    vertx.cancelTimer(timer);
  }
}
