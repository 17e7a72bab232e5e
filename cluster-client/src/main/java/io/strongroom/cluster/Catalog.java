package io.strongroom.cluster;

import io.strongroom.cluster.balance.Member;
import io.strongroom.cluster.wire.InfoCodec;
import io.strongroom.cluster.wire.KeyCodec;
import io.strongroom.cluster.wire.v1.DescribeReply;
import io.strongroom.cluster.wire.v1.HeldKey;
import io.strongroom.hsm.HsmException;
import io.strongroom.hsm.HsmInfo;
import io.strongroom.hsm.KeyId;
import io.strongroom.hsm.KeyInfo;
import io.strongroom.hsm.KeySpec;
import io.strongroom.hsm.Mechanism;
import java.time.Instant;
import java.util.ArrayList;
import java.util.Comparator;
import java.util.HashSet;
import java.util.HexFormat;
import java.util.List;
import java.util.Map;
import java.util.Objects;
import java.util.Optional;
import java.util.Set;
import java.util.function.Predicate;
import org.jspecify.annotations.Nullable;

/**
 * What the nodes hold and are, seen as one. Only reads. Searches for keys look at immutable
 * snapshots and may be made by any thread; the rest is confined to the event loop.
 */
final class Catalog {

  private final String cluster;
  private final Fleet fleet;

  Catalog(String cluster, Fleet fleet) {
    this.cluster = cluster;
    this.fleet = fleet;
  }

  /** All keys that no node knows to be destroyed, ordered by label. */
  List<KeyInfo> keys() {
    return keys(_ -> true);
  }

  /** The keys that a node holds, each with it as the only location. */
  List<KeyInfo> keysAt(String node) {
    return keys().stream()
        .filter(key -> key.locations().contains(node))
        .map(key ->
            new KeyInfo(
                key.id(),
                key.label(),
                key.type(),
                key.usages(),
                key.protection(),
                key.session(),
                key.publicKey(),
                List.of(node)))
        .toList();
  }

  /** The key with this id. */
  Optional<KeyInfo> key(KeyId id) {
    List<Node> holders = fleet.usable(List.of(id));
    return holders.stream()
        .map(n -> n.inventory().keys().get(id))
        .filter(Objects::nonNull)
        .findFirst()
        .map(held -> KeyCodec.fromWire(held, Node.names(holders)));
  }

  /** The key with this label. */
  Optional<KeyInfo> key(String label) {
    return keys(k -> k.getSpec().getLabel().equals(label)).stream().findFirst();
  }

  private List<KeyInfo> keys(Predicate<HeldKey> wanted) {
    return fleet.nodes().stream()
        .flatMap(n -> n.inventory().keys().entrySet().stream())
        .filter(held -> wanted.test(held.getValue()))
        .map(Map.Entry::getKey)
        .distinct()
        .map(this::key)
        .flatMap(Optional::stream)
        .sorted(Comparator.comparing(KeyInfo::label))
        .toList();
  }

  /** Ids of keys that some node knows to be destroyed. */
  Set<KeyId> destroyed() {
    Set<KeyId> destroyed = new HashSet<>();
    fleet.nodes().forEach(n -> destroyed.addAll(n.inventory().tombstones()));
    return destroyed;
  }

  /**
   * Makes sure that a key can be made.
   *
   * @throws HsmException.KeyExists if its id belongs to another key or a destroyed one, or its
   *     label to another key
   */
  void requireFree(KeySpec spec) {
    if (fleet.isDestroyed(List.of(spec.id()))) {
      throw new HsmException.KeyExists(
          "key id " + spec.id() + " belonged to a key that was destroyed; choose a new id");
    }
    var wanted = KeyCodec.toWire(spec);
    for (Node node : fleet.nodes()) {
      node.inventory().keys().values().forEach(held -> requireNoClash(wanted, held, node));
    }
  }

  private void requireNoClash(
      io.strongroom.cluster.wire.v1.KeySpec wanted, HeldKey held, Node node) {
    var existing = held.getSpec();
    KeyId id = KeyCodec.idFromWire(existing.getId());
    boolean sameId = existing.getId().equals(wanted.getId());
    if (sameId && !existing.equals(wanted)) {
      throw new HsmException.KeyExists(
          "key id %s belongs to another key, \"%s\" of type %s; choose a new id"
              .formatted(id, existing.getLabel(), existing.getType()),
          null,
          null,
          node.name());
    }
    if (!sameId
        && existing.getLabel().equals(wanted.getLabel())
        && !fleet.isDestroyed(List.of(id))) {
      throw new HsmException.KeyExists(
          "label \"%s\" belongs to key %s; choose another label".formatted(wanted.getLabel(), id),
          null,
          null,
          node.name());
    }
  }

  /** The cluster as one HSM, with the mechanisms that every node heard of has. */
  HsmInfo info() {
    List<HsmInfo> tokens =
        fleet.nodes().stream()
            .map(Node::description)
            .filter(Objects::nonNull)
            .map(InfoCodec::fromWire)
            .toList();
    if (tokens.isEmpty()) {
      throw new HsmException.DeviceUnavailable(
          "no node of cluster \"" + cluster + "\" has been heard; " + fleet.absences());
    }
    List<Mechanism> common =
        tokens.getFirst().mechanisms().stream()
            .map(m -> common(m, tokens))
            .flatMap(Optional::stream)
            .toList();
    return new HsmInfo(cluster, "", "Strongroom", "cluster", "", common);
  }

  private static Optional<Mechanism> common(Mechanism first, List<HsmInfo> tokens) {
    List<Optional<Mechanism>> all = tokens.stream().map(t -> t.mechanism(first.name())).toList();
    if (all.stream().anyMatch(Optional::isEmpty)) {
      return Optional.empty();
    }
    List<Mechanism> each = all.stream().flatMap(Optional::stream).toList();
    Set<String> functions = new HashSet<>(first.functions());
    each.forEach(m -> functions.retainAll(m.functions()));
    return Optional.of(
        new Mechanism(
            first.name(),
            first.code(),
            each.stream().mapToLong(Mechanism::minKeySize).max().orElseThrow(),
            each.stream().mapToLong(Mechanism::maxKeySize).min().orElseThrow(),
            functions));
  }

  /** What there is to say of each node, in the order of the configuration. */
  List<NodeStatus> status(ClusterConfig config) {
    Set<KeyId> destroyed = destroyed();
    Set<KeyId> all = new HashSet<>();
    fleet.nodes().forEach(n -> all.addAll(n.inventory().keys().keySet()));
    all.removeAll(destroyed);
    List<NodeStatus> statuses = new ArrayList<>();
    for (int i = 0; i < config.nodes().size(); i++) {
      statuses.add(status(config.nodes().get(i), fleet.nodes().get(i), all, destroyed));
    }
    return List.copyOf(statuses);
  }

  private NodeStatus status(
      ClusterConfig.Node address, Node node, Set<KeyId> all, Set<KeyId> destroyed) {
    Set<KeyId> held = node.inventory().keys().keySet();
    Member member = node.member();
    return new NodeStatus(
        address.name(),
        address.zone(),
        address.address(),
        state(node),
        held.size(),
        (int) all.stream().filter(id -> !held.contains(id)).count(),
        member.latency(),
        member.outstanding(),
        member.ejections(),
        token(node.description()),
        node.lastFailure(),
        upkeep(node, destroyed));
  }

  private NodeStatus.Upkeep upkeep(Node node, Set<KeyId> destroyed) {
    DescribeReply description = node.description();
    if (description == null) {
      return NodeStatus.Upkeep.UNKNOWN;
    }
    long expires = description.getCertificateExpiresMillis();
    Inventory own = node.inventory();
    return new NodeStatus.Upkeep(
        description.getUnopened(),
        (int) destroyed.stream().filter(id -> !own.tombstones().contains(id)).count(),
        (int) own.keys().keySet().stream().filter(fleet::isContested).count(),
        expires == 0 ? null : Instant.ofEpochMilli(expires));
  }

  private static NodeStatus.State state(Node node) {
    if (node.member().serves()) {
      return NodeStatus.State.SERVING;
    }
    return node.answers() ? NodeStatus.State.EJECTED : NodeStatus.State.UNREACHABLE;
  }

  private static NodeStatus.@Nullable Token token(@Nullable DescribeReply description) {
    return description == null
        ? null
        : new NodeStatus.Token(
            description.getLabel(),
            description.getSerial(),
            description.getFirmware(),
            HexFormat.of().formatHex(description.getDomainCheckValue().toByteArray()));
  }
}
