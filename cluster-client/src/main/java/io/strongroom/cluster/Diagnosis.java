package io.strongroom.cluster;

import io.strongroom.cluster.ClusterReport.Finding;
import io.strongroom.cluster.ClusterReport.Kind;
import io.strongroom.hsm.KeyId;
import java.time.Duration;
import java.time.Instant;
import java.util.ArrayList;
import java.util.Comparator;
import java.util.HashSet;
import java.util.List;
import java.util.Map;
import java.util.Objects;
import java.util.Set;
import java.util.TreeMap;
import java.util.stream.Collectors;
import org.jspecify.annotations.Nullable;

/** Finds what is not as it should be in a cluster. Only reads; confined to the event loop. */
final class Diagnosis {
  private static final Duration CERTIFICATE_WARNING = Duration.ofDays(30);
  private static final int MOST_NAMED = 5;

  private final ClusterConfig config;
  private final Fleet fleet;
  private final Instant now;
  private final List<Finding> findings = new ArrayList<>();

  Diagnosis(ClusterConfig config, Fleet fleet, Instant now) {
    this.config = config;
    this.fleet = fleet;
    this.now = now;
  }

  /** What these nodes' states mean together. */
  ClusterReport of(List<NodeStatus> nodes) {
    quorum();
    domains(nodes);
    keysBelowQuorum();
    nodes.forEach(this::node);
    findings.sort(Comparator.comparing(Finding::kind));
    return new ClusterReport(nodes, findings);
  }

  private void quorum() {
    int serving = fleet.serving().size();
    if (serving < config.quorum()) {
      find(
          Kind.QUORUM_LOST,
          null,
          "%d of %d nodes serve and %d are needed: no key can be made or destroyed; start the others"
              .formatted(serving, fleet.nodes().size(), config.quorum()));
    }
  }

  private void domains(List<NodeStatus> nodes) {
    Map<String, List<String>> byDomain =
        nodes.stream()
            .filter(node -> node.token() != null)
            .collect(
                Collectors.groupingBy(
                    node -> Objects.requireNonNull(node.token()).domainCheckValue(),
                    TreeMap::new,
                    Collectors.mapping(NodeStatus::name, Collectors.toList())));
    if (byDomain.size() > 1) {
      find(
          Kind.DOMAINS_DIFFER,
          null,
          "the tokens hold different domain keys, by check value "
              + byDomain
              + ": they cannot open each other's keys; reset the tokens that are wrong and join"
              + " them again");
    }
  }

  /** Nodes that were never heard may hold any key: only what is known to be on too few counts. */
  private void keysBelowQuorum() {
    if (fleet.nodes().stream().filter(Node::isKnown).count() < config.quorum()) {
      return;
    }
    Set<KeyId> all = new HashSet<>();
    fleet.nodes().forEach(node -> all.addAll(node.inventory().keys().keySet()));
    List<KeyId> few =
        all.stream()
            .filter(id -> !fleet.isDestroyed(List.of(id)))
            .filter(id -> fleet.holders(List.of(id)).size() < config.quorum())
            .sorted(Comparator.comparing(KeyId::toString))
            .toList();
    if (!few.isEmpty()) {
      find(
          Kind.KEYS_BELOW_QUORUM,
          null,
          few.size()
              + " keys are on fewer nodes than the quorum of "
              + config.quorum()
              + ": "
              + named(few)
              + "; bring the other nodes back, or run: strongroom cluster sync");
    }
  }

  private static String named(List<KeyId> ids) {
    String first =
        ids.stream().limit(MOST_NAMED).map(KeyId::toString).collect(Collectors.joining(", "));
    return ids.size() > MOST_NAMED ? first + ", …" : first;
  }

  private void node(NodeStatus node) {
    NodeStatus.Upkeep upkeep = node.upkeep();
    boolean serves = node.state() == NodeStatus.State.SERVING;
    if (!serves) {
      find(Kind.NODE_AWAY, node.name(), "is " + node.state() + ": " + node.lastFailure());
    }
    if (serves && node.missing() > 0) {
      find(
          Kind.KEYS_MISSING,
          node.name(),
          "lacks "
              + node.missing()
              + " keys that others hold; it fetches them by itself, or at once: strongroom cluster sync");
    }
    if (upkeep.unopened() > 0) {
      find(
          Kind.KEYS_UNOPENED,
          node.name(),
          "has "
              + upkeep.unopened()
              + " keys sealed that are not open in its token; it opens them by itself — where it does not, its log says why");
    }
    if (upkeep.contested() > 0) {
      find(
          Kind.KEYS_CONTESTED,
          node.name(),
          "holds "
              + upkeep.contested()
              + " keys that differ from other nodes' under the same id; the nodes settle it once all of them serve");
    }
    if (serves && upkeep.tombstonesMissing() > 0) {
      find(
          Kind.TOMBSTONES_MISSING,
          node.name(),
          "has not learnt of "
              + upkeep.tombstonesMissing()
              + " destroyed keys; it does by itself, or at once: strongroom cluster sync");
    }
    certificate(node.name(), upkeep.certificateExpires());
  }

  private void certificate(String node, @Nullable Instant expires) {
    if (expires != null && expires.isBefore(now.plus(CERTIFICATE_WARNING))) {
      String when = expires.isBefore(now) ? "ran out at " : "runs out at ";
      find(Kind.CERTIFICATE_EXPIRES, node, "its certificate " + when + expires + "; issue another");
    }
  }

  private void find(Kind kind, @Nullable String node, String text) {
    findings.add(new Finding(kind, node, node == null ? text : "node " + node + " " + text));
  }
}
