package io.strongroom.cluster;

import io.strongroom.cluster.link.NothingSent;
import io.strongroom.cluster.wire.ErrorCodec;
import io.strongroom.cluster.wire.KeyCodec;
import io.strongroom.cluster.wire.v1.Error;
import io.strongroom.cluster.wire.v1.HeldKey;
import io.strongroom.cluster.wire.v1.NodeGrpcClient;
import io.strongroom.cluster.wire.v1.PutSealRequest;
import io.strongroom.cluster.wire.v1.Seal;
import io.strongroom.cluster.wire.v1.SealReply;
import io.strongroom.hsm.HsmException;
import io.strongroom.hsm.KeyId;
import io.strongroom.hsm.KeyInfo;
import io.strongroom.hsm.KeySpec;
import io.vertx.core.Future;
import io.vertx.core.Vertx;
import java.time.Duration;
import java.util.HashMap;
import java.util.HashSet;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.function.BiFunction;
import org.jspecify.annotations.Nullable;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * Makes keys in a cluster: a key is born at one node, its seal goes to the others, and it counts
 * once a quorum has it; else it is undone everywhere.
 *
 * <p>A birth is never repeated at another node once it may have happened at one: two different keys
 * would share an id. Such an id is given up instead, with a tombstone.
 *
 * <p>Confined to one event loop.
 */
final class KeyMaker {

  private static final Logger LOG = LoggerFactory.getLogger(KeyMaker.class);
  private static final int BIRTH_DEADLINES = 4;
  private static final int SEAL_DEADLINES = 2;

  private final Vertx vertx;
  private final Fleet fleet;
  private final Catalog catalog;
  private final KeyDestroyer destroyer;
  private final int quorum;
  private final Duration birthTimeout;
  private final Duration sealTimeout;
  private final Map<KeyId, Future<?>> underWay = new HashMap<>();

  /**
   * How a key comes to be.
   *
   * @param spec the key
   * @param needs keys that the node must hold for it
   * @param traceparent the context of the trace that it is a part of; null where there is none
   * @param at the call that makes it
   */
  record Birth(
      KeySpec spec,
      List<KeyId> needs,
      @Nullable String traceparent,
      BiFunction<Node, Duration, Future<SealReply>> at) {

    KeyId id() {
      return spec.id();
    }

    @Override
    public String toString() {
      return "key " + id() + " \"" + spec.label() + "\"";
    }
  }

  /** A key at its first node. */
  private record Born(Node node, Seal seal) {}

  KeyMaker(
      Vertx vertx, Fleet fleet, Catalog catalog, KeyDestroyer destroyer, ClusterConfig config) {
    this.catalog = catalog;
    this.destroyer = destroyer;
    this.vertx = vertx;
    this.fleet = fleet;
    this.quorum = config.quorum();
    this.birthTimeout = config.deadline().multipliedBy(BIRTH_DEADLINES);
    this.sealTimeout = config.deadline().multipliedBy(SEAL_DEADLINES);
  }

  /** Makes a key, or finds the one that an earlier call with the same id has made. */
  Future<KeyInfo> make(Birth birth) {
    // A repeat that comes before the first call's end finds what that one has made.
    Future<?> earlier = underWay.getOrDefault(birth.id(), Future.succeededFuture());
    Future<KeyInfo> made = earlier.transform((_, _) -> makeNext(birth));
    underWay.put(birth.id(), made);
    return made.onComplete(_ -> underWay.remove(birth.id(), made));
  }

  private Future<KeyInfo> makeNext(Birth birth) {
    return fleet
        .requireQuorum("make " + birth)
        .compose(_ -> {
          catalog.requireFree(birth.spec());
          List<Node> holders = fleet.holders(List.of(birth.id()));
          if (holders.size() >= quorum) {
            return Future.succeededFuture(info(held(holders.getFirst(), birth.id()), holders));
          }
          boolean fresh = holders.isEmpty();
          return bear(birth, fresh, new HashSet<>()).compose(born -> spread(birth, born, fresh));
        });
  }

  private Future<Born> bear(Birth birth, boolean fresh, Set<Node> tried) {
    List<Node> able = able(birth, fresh);
    if (able.isEmpty()) {
      return Future.failedFuture(fleet.missing("key " + birth.needs().getFirst()));
    }
    Node node = fleet.selectForControl(n -> able.contains(n) && !tried.contains(n));
    if (node == null) {
      return Future.failedFuture(
          new HsmException.DeviceUnavailable(
              "no node serves that could make "
                  + birth
                  + "; nothing was changed; "
                  + fleet.absences()));
    }
    tried.add(node);
    return birth
        .at()
        .apply(node, birthTimeout)
        .transform((reply, failure) -> {
          if (failure != null) {
            return notBorn(birth, fresh, tried, isUnsent(failure), (HsmException) failure);
          }
          if (reply.hasError()) {
            HsmException e = ErrorCodec.fromWire(reply.getError(), node.name());
            return notBorn(birth, fresh, tried, isUntouched(reply.getError()), e);
          }
          if (!reply.getSeal().getSpec().equals(KeyCodec.toWire(birth.spec()))) {
            return notBorn(birth, fresh, tried, false, wrongSeal(node));
          }
          return Future.succeededFuture(new Born(node, reply.getSeal()));
        });
  }

  /** Where the key can come to be: where what it needs is or, if it is not new, where it is. */
  private List<Node> able(Birth birth, boolean fresh) {
    return fleet.holders(fresh ? birth.needs() : List.of(birth.id()));
  }

  private Future<Born> notBorn(
      Birth birth, boolean fresh, Set<Node> tried, boolean untouched, HsmException e) {
    if (untouched) {
      boolean others =
          able(birth, fresh).stream().anyMatch(n -> n.member().serves() && !tried.contains(n));
      return e.repeatElsewhere() && others ? bear(birth, fresh, tried) : Future.failedFuture(e);
    }
    String outcome = "it is not known whether " + birth + " was made: " + e.text();
    return fresh
        ? fleet.refresh().compose(_ -> unknown(birth, tried, outcome, e))
        : Future.failedFuture(
            new HsmException.DeviceUnavailable(
                outcome + "; what there was before was left as it is", e, null, e.node()));
  }

  /**
   * A key that nodes hold which were not asked came from another client, or from the one that was
   * asked: it is not undone.
   */
  private Future<Born> unknown(Birth birth, Set<Node> tried, String outcome, HsmException e) {
    boolean elsewhere =
        fleet.nodes().stream().anyMatch(n -> n.holds(birth.id()) && !tried.contains(n));
    return elsewhere
        ? Future.failedFuture(
            new HsmException.DeviceUnavailable(
                outcome + "; a key with its id was found and left as it is; call it again",
                e,
                null,
                e.node()))
        : undo(birth, outcome, e);
  }

  private static HsmException wrongSeal(Node node) {
    return new HsmException.DeviceUnavailable(
        "node \"" + node.name() + "\" answered with another key's seal", null, null, node.name());
  }

  /** Whether an error says that the node has made nothing. */
  private static boolean isUntouched(Error error) {
    return switch (error.getKind()) {
      case KEY_NOT_FOUND,
          KEY_EXISTS,
          UNSUPPORTED_MECHANISM,
          BAD_INPUT,
          AUTHENTICATION_FAILED,
          ACCESS_DENIED,
          THROTTLED ->
          true;
      case DEADLINE_EXCEEDED, DEVICE_UNAVAILABLE, KIND_UNSPECIFIED, UNRECOGNIZED -> false;
    };
  }

  private static boolean isUnsent(Throwable failure) {
    return NothingSent.isCauseOf(failure) || failure instanceof HsmException.AccessDenied;
  }

  private Future<KeyInfo> spread(Birth birth, Born born, boolean fresh) {
    HeldKey held = KeyCodec.held(born.seal()).build();
    born.node().amend(i -> i.with(held));
    Map<Node, Future<?>> votes = new LinkedHashMap<>();
    PutSealRequest request = PutSealRequest.newBuilder().setSeal(born.seal()).build();
    for (Node node : fleet.serving()) {
      if (node != born.node()) {
        votes.put(
            node,
            node.call(NodeGrpcClient.PutSeal, request, sealTimeout, birth.traceparent())
                .compose(reply -> unlessError(reply.hasError(), reply.getError(), node))
                .onSuccess(_ -> node.amend(i -> i.with(held)))
                .onFailure(e ->
                    LOG.warn(
                        "event=seal_not_taken node={} key={} reason=\"{}\"",
                        node.name(),
                        birth.id(),
                        e.getMessage())));
      }
    }
    return Quorum.of(vertx, quorum, List.of(born.node()), votes)
        .compose(tally -> {
          if (tally.confirmed().size() >= quorum) {
            return Future.succeededFuture(info(held, tally.confirmed()));
          }
          return tooFew(birth, tally, fresh);
        });
  }

  private Future<KeyInfo> tooFew(Birth birth, Quorum.Tally tally, boolean fresh) {
    String outcome =
        "%s was taken by %d of %d nodes and %d are needed; %s"
            .formatted(
                birth,
                tally.confirmed().size(),
                fleet.nodes().size(),
                quorum,
                fleet.reasons(tally));
    HsmException refusal = tally.refusal();
    HsmException cause = refusal == null ? new HsmException.DeviceUnavailable(outcome) : refusal;
    if (!fresh) {
      return Future.failedFuture(new HsmException.DeviceUnavailable(outcome, cause));
    }
    return fleet
        .refresh()
        .compose(_ ->
            fleet.isContested(birth.id())
                ? Future.failedFuture(contested(birth, outcome, cause))
                : undo(birth, outcome, cause));
  }

  /** A tombstone would destroy the other client's key too, which may have been acknowledged. */
  private static HsmException contested(Birth birth, String outcome, HsmException cause) {
    return new HsmException.KeyExists(
        "another client has made a key with the id of %s at the same time, which was left as it is; %s"
            .formatted(birth, outcome),
        cause,
        cause.answer(),
        cause.node());
  }

  /** Destroys what there may be of a key that did not come to be; fails with the reason. */
  private <T> Future<T> undo(Birth birth, String outcome, HsmException cause) {
    return destroyer
        .undo(birth.id())
        .compose(undone -> {
          String message = outcome + "; " + undone + "; choose a new id to try again";
          return Future.failedFuture(
              cause instanceof HsmException.KeyExists
                  ? new HsmException.KeyExists(message, cause, cause.answer(), cause.node())
                  : new HsmException.DeviceUnavailable(
                      message, cause, cause.answer(), cause.node()));
        });
  }

  private static Future<Void> unlessError(boolean hasError, Error error, Node node) {
    return hasError
        ? Future.failedFuture(ErrorCodec.fromWire(error, node.name()))
        : Future.succeededFuture();
  }

  private static HeldKey held(Node node, KeyId id) {
    HeldKey key = node.inventory().keys().get(id);
    if (key == null) {
      throw new IllegalStateException("node " + node.name() + " does not hold " + id);
    }
    return key;
  }

  private static KeyInfo info(HeldKey key, List<Node> holders) {
    return KeyCodec.fromWire(key, Node.names(holders));
  }
}
