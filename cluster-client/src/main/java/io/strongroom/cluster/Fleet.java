package io.strongroom.cluster;

import io.strongroom.cluster.balance.Floors;
import io.strongroom.cluster.balance.HealthPolicy;
import io.strongroom.cluster.balance.Member;
import io.strongroom.cluster.balance.Selector;
import io.strongroom.cluster.balance.Ticker;
import io.strongroom.cluster.balance.ZoneFirst;
import io.strongroom.cluster.identity.Role;
import io.strongroom.cluster.identity.SpiffeId;
import io.strongroom.cluster.identity.TlsFiles;
import io.strongroom.cluster.link.Connector;
import io.strongroom.cluster.link.RemoteConnector;
import io.strongroom.cluster.link.Target;
import io.strongroom.cluster.node.EmbeddedNode;
import io.strongroom.cluster.wire.v1.DescribeReply;
import io.strongroom.hsm.HsmException;
import io.strongroom.hsm.KeyId;
import io.vertx.core.Future;
import io.vertx.core.Vertx;
import java.time.Duration;
import java.util.Collection;
import java.util.Comparator;
import java.util.List;
import java.util.Map;
import java.util.Objects;
import java.util.concurrent.TimeUnit;
import java.util.function.Function;
import java.util.function.Predicate;
import java.util.random.RandomGenerator;
import java.util.stream.Collectors;
import java.util.stream.Stream;
import org.jspecify.annotations.Nullable;

/** All nodes of a cluster, and which of them to ask. Confined to one event loop. */
final class Fleet {

  private static final double SPILL_RATIO = 4;
  private static final Duration PATIENCE = Duration.ofSeconds(2);

  private final List<Node> nodes;
  private final Map<Member, Node> byMember;
  private final Selector selector;
  private final int quorum;
  private Future<Void> refreshing = Future.succeededFuture();
  private @Nullable Future<Void> nextRefresh;

  Fleet(ClusterConfig config, Vertx vertx, Ticker ticker, RandomGenerator random) {
    this.quorum = config.quorum();
    Floors floors = new Floors();
    this.nodes =
        config.nodes().stream()
            .map(address -> {
              boolean isOwn = address.token() != null;
              String zone = isOwn ? config.ownZone() : address.zone();
              Member member =
                  new Member(address.name(), zone, HealthPolicy.DEFAULT, ticker, floors);
              return new Node(
                  vertx,
                  connector(config, vertx, address),
                  member,
                  new Patience(config.deadline()));
            })
            .toList();
    this.byMember = nodes.stream().collect(Collectors.toMap(Node::member, Function.identity()));
    this.selector =
        new Selector(
            nodes.stream().map(Node::member).toList(),
            new ZoneFirst(config.ownZone(), SPILL_RATIO),
            random);
  }

  private static Connector connector(
      ClusterConfig config, Vertx vertx, ClusterConfig.Node address) {
    SpiffeId id = new SpiffeId(config.cluster(), Role.NODE, address.name());
    TlsFiles files = config.tls().files();
    ClusterConfig.Token token = address.token();
    return token == null
        ? new RemoteConnector(vertx, new Target(id, address.host(), address.port(), files))
        : new EmbeddedNode(
            vertx,
            new EmbeddedNode.Place(
                id,
                address.zone(),
                token.hsm(),
                token.seals(),
                config.tls().equals(ClusterConfig.Tls.NONE) ? null : files));
  }

  /** All nodes, in the order of the configuration. */
  List<Node> nodes() {
    return nodes;
  }

  /** The nodes that take operations now. */
  List<Node> serving() {
    return nodes.stream().filter(n -> n.member().serves()).toList();
  }

  /** The best node for an operation among these; null if none of them can take it now. */
  @Nullable Node select(Predicate<Node> eligible) {
    Member member = selector.select(m -> eligible.test(node(m)));
    return member == null ? null : node(member);
  }

  /**
   * The best node for a control call among these; null if none of them serves. Control calls do not
   * wait behind operations, so a node that is full of those can take them all the same.
   */
  @Nullable Node selectForControl(Predicate<Node> eligible) {
    Node free = select(eligible);
    return free != null
        ? free
        : serving().stream()
            .filter(eligible)
            .min(Comparator.comparingDouble(n -> n.member().cost()))
            .orElse(null);
  }

  /**
   * The nodes that hold all of these keys, serving or not. Where nodes hold different keys under
   * one id, as after two clients have made it at the same time, only what a quorum holds counts:
   * nothing else was ever acknowledged.
   */
  List<Node> holders(Collection<KeyId> keys) {
    List<Node> holders = nodes.stream().filter(n -> keys.stream().allMatch(n::holds)).toList();
    return keys.stream().allMatch(id -> agree(id, holders))
        ? holders
        : holders.stream().filter(n -> keys.stream().allMatch(id -> isOfQuorum(n, id))).toList();
  }

  private static boolean agree(KeyId id, List<Node> holders) {
    for (int i = 1; i < holders.size(); i++) {
      if (!holders.getFirst().inventory().agrees(holders.get(i).inventory(), id)) {
        return false;
      }
    }
    return true;
  }

  private boolean isOfQuorum(Node node, KeyId id) {
    return nodes.stream()
            .filter(n -> n.holds(id) && n.inventory().agrees(node.inventory(), id))
            .count()
        >= quorum;
  }

  /** Whether nodes hold different keys under this id. */
  boolean isContested(KeyId id) {
    return !agree(id, nodes.stream().filter(n -> n.holds(id)).toList());
  }

  /** The same for keys that are to be used: none, if some node says that one was destroyed. */
  List<Node> usable(Collection<KeyId> keys) {
    return isDestroyed(keys) ? List.of() : holders(keys);
  }

  /** Whether some node says that one of the keys was destroyed. */
  boolean isDestroyed(Collection<KeyId> keys) {
    return keys.stream()
        .anyMatch(id -> nodes.stream().anyMatch(n -> n.inventory().tombstones().contains(id)));
  }

  /**
   * Whether a key that no node holds, as far as was heard, may exist all the same: a key that was
   * acknowledged is on a quorum of nodes, and so many, or all of those that are used, have not just
   * been heard. What was heard of them earlier does not count: it may have been made since.
   */
  boolean mayBeHidden() {
    return nodes.stream().filter(n -> !n.isUpToDate()).count() >= Math.min(quorum, nodes.size());
  }

  /**
   * Hears from every connected node whether its keys have changed. Never fails. Those who ask while
   * nodes are being heard share the next hearing, however many they are: an answer that is on its
   * way may be older than what they ask for.
   */
  Future<Void> refresh() {
    if (!refreshing.isComplete()) {
      if (nextRefresh == null) {
        nextRefresh = refreshing.transform((_, _) -> refreshNow());
      }
      return nextRefresh;
    }
    return refreshNow();
  }

  private Future<Void> refreshNow() {
    nextRefresh = null;
    refreshing = settled(nodes.stream().filter(Node::isConnected).map(Node::refresh).toList());
    return refreshing;
  }

  /**
   * Connects to every node that is not connected. Never fails.
   *
   * @param patience how long to wait for those that take their time; they are tried on
   */
  Future<Void> connect(Duration patience) {
    return settled(nodes.stream().map(Node::connect).toList())
        .timeout(patience.toMillis(), TimeUnit.MILLISECONDS)
        .otherwiseEmpty();
  }

  /** Waits until one node serves; fails if none can be reached. */
  Future<Void> connectAny() {
    return Future.any(nodes.stream().map(Node::connect).toList()).mapEmpty();
  }

  /**
   * Connects to missing nodes if too few serve, hears from all, and makes sure that a quorum
   * serves. Nothing is sent if there are fewer nodes than that to use.
   *
   * @param what what is to be done, for the message
   */
  Future<Void> requireQuorum(String what) {
    if (nodes.size() < quorum) {
      return Future.failedFuture(
          new HsmException.BadInput(
              "cannot %s through %s alone: the cluster's quorum is %d; nothing was sent; use all nodes"
                  .formatted(what, Node.names(nodes), quorum)));
    }
    Future<Void> connected =
        serving().size() >= quorum ? Future.succeededFuture() : connect(PATIENCE);
    return connected
        .compose(_ -> refresh())
        .compose(_ -> {
          int serving = serving().size();
          return serving >= quorum
              ? Future.succeededFuture()
              : Future.failedFuture(
                  new HsmException.DeviceUnavailable(
                      "cannot %s: %d of %d nodes serve and %d are needed; nothing was changed; %s"
                          .formatted(what, serving, nodes.size(), quorum, absences())));
        });
  }

  /** What a node has said of itself; fails if it could not be heard when it was last asked. */
  Future<DescribeReply> heard(String name) {
    Node node = nodes.stream().filter(n -> n.name().equals(name)).findFirst().orElseThrow();
    DescribeReply said = node.description();
    return node.isUpToDate() && said != null
        ? Future.succeededFuture(said)
        : Future.failedFuture(
            new HsmException.DeviceUnavailable(
                "node \"%s\" cannot be asked now: %s".formatted(name, node.lastFailure()),
                null,
                null,
                name));
  }

  /** Whether none of these nodes could be heard when they were last asked. */
  boolean isSilent(Predicate<Node> which) {
    return nodes.stream().filter(which).noneMatch(Node::isUpToDate);
  }

  /** Why no node that answers holds this: there is no such key, or too few nodes answer to tell. */
  HsmException missing(String what) {
    return mayBeHidden()
        ? new HsmException.DeviceUnavailable(
            "no node that answers holds " + what + "; " + absences())
        : new HsmException.KeyNotFound("no node of the cluster holds " + what);
  }

  /** Each node that does not serve, with the reason. */
  String absences() {
    return nodes.stream()
        .filter(n -> !n.member().serves())
        .map(Node::lastFailure)
        .filter(Objects::nonNull)
        .collect(Collectors.joining("; "));
  }

  /** Why a call to several nodes did not reach its quorum. */
  String reasons(Quorum.Tally tally) {
    return Stream.of(tally.reasons(), absences())
        .filter(s -> !s.isEmpty())
        .collect(Collectors.joining("; "));
  }

  /** Ends all connections; none is begun any more. Never fails. */
  Future<Void> close() {
    return settled(nodes.stream().map(Node::close).toList());
  }

  private Node node(Member member) {
    Node node = byMember.get(member);
    if (node == null) {
      throw new IllegalStateException("no node for member " + member.name());
    }
    return node;
  }

  private static Future<Void> settled(List<Future<Void>> futures) {
    return futures.isEmpty()
        ? Future.succeededFuture()
        : Future.join(futures).otherwiseEmpty().mapEmpty();
  }
}
