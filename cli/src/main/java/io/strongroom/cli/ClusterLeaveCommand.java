package io.strongroom.cli;

import static io.strongroom.cli.Output.document;

import io.strongroom.cli.local.Roster;
import io.strongroom.cluster.ClusterConfig;
import io.strongroom.cluster.ClusterDriver;
import io.strongroom.cluster.ClusterHsm;
import io.strongroom.cluster.node.Departure;
import io.strongroom.cluster.node.NodeConfig;
import io.strongroom.hsm.HsmException;
import io.strongroom.hsm.KeyId;
import io.strongroom.hsm.KeyInfo;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.HashMap;
import java.util.HashSet;
import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.concurrent.Callable;
import org.jspecify.annotations.Nullable;
import picocli.CommandLine.Command;
import picocli.CommandLine.Mixin;
import picocli.CommandLine.Model.CommandSpec;
import picocli.CommandLine.Option;
import picocli.CommandLine.Spec;

/** {@code strongroom cluster leave}: a node leaves, and no key with it. */
@Command(
    name = "leave",
    description = {
      "Take a stopped node out of its cluster: refused unless every key of its folder is on a quorum",
      "of the others, which have to be running. Its entries go from cluster.yaml and from the",
      "node.yaml of the nodes beside it. With --destroy-keys its token's keys go too."
    },
    mixinStandardHelpOptions = true)
final class ClusterLeaveCommand implements Callable<Integer> {
  private static final int MOST_NAMED = 3;

  @Spec CommandSpec spec = CommandSpec.create();
  @Mixin CommonOptions common = new CommonOptions();

  @Option(names = "--dir", required = true, paramLabel = "D", description = "The node's folder.")
  Path dir = Path.of("");

  @Option(
      names = "--config",
      paramLabel = "FILE",
      description = "The cluster's cluster.yaml (default: beside D).")
  @Nullable Path config;

  @Option(
      names = "--destroy-keys",
      description = "Destroy the keys in its token, their seals, and the domain key there.")
  boolean destroyKeys;

  @Override
  public Integer call() {
    NodeConfig node = NodeConfig.read(dir.resolve("node.yaml"));
    Path clusterYaml =
        config != null ? config : dir.toAbsolutePath().normalize().resolveSibling("cluster.yaml");
    Io.requireReadable(clusterYaml);
    Running.requireStopped(node);
    Departure.Holdings leaving = Departure.holdings(node);
    int remaining = requireSafe(ClusterDriver.config("cluster:" + clusterYaml), node, leaving);
    Roster roster = new Roster(clusterYaml);
    roster.remove(node.name());
    int destroyed = destroyKeys ? Departure.destroy(node, dir) : 0;
    Output output = common.output(spec);
    output.one(describe(node, remaining, roster, destroyed));
    tell(output, node, roster, leaving);
    return ExitCode.DONE;
  }

  /** Makes sure that nothing goes with the node; returns how many others there are. */
  private int requireSafe(ClusterConfig cluster, NodeConfig node, Departure.Holdings leaving) {
    List<String> others =
        cluster.nodes().stream()
            .map(ClusterConfig.Node::name)
            .filter(name -> !name.equals(node.name()))
            .toList();
    if (!cluster.cluster().equals(node.cluster())) {
      throw new HsmException.BadInput(
          "node %s is of cluster \"%s\", not \"%s\"; give its --config"
              .formatted(node.name(), node.cluster(), cluster.cluster()));
    }
    if (others.isEmpty()) {
      throw new HsmException.AccessDenied(
          "node "
              + node.name()
              + " is the last of cluster \""
              + cluster.cluster()
              + "\": its keys would be lost; back it up and delete its folder if that is meant");
    }
    try (ClusterHsm rest = ClusterHsm.open(cluster.withNodes(others))) {
      Set<KeyId> destroyed = rest.destroyed();
      requireHeld(rest.keys(), destroyed, leaving, Math.min(cluster.quorum(), others.size()));
      Set<KeyId> unknown = new HashSet<>(leaving.tombstones());
      unknown.removeAll(destroyed);
      if (!unknown.isEmpty()) {
        throw new HsmException.AccessDenied(
            unknown.size()
                + " keys were destroyed here and the others have not learnt of it; start this node,"
                + " run: strongroom cluster sync — and repeat");
      }
    }
    return others.size();
  }

  private static void requireHeld(
      List<KeyInfo> held, Set<KeyId> destroyed, Departure.Holdings leaving, int needed) {
    Map<KeyId, Integer> copies = new HashMap<>();
    held.forEach(key -> copies.put(key.id(), key.locations().size()));
    List<String> lost =
        leaving.keys().stream()
            .filter(id -> !destroyed.contains(id))
            .filter(id -> copies.getOrDefault(id, 0) < needed)
            .map(id -> id + " (" + copies.getOrDefault(id, 0) + " of " + needed + ")")
            .sorted()
            .toList();
    if (!lost.isEmpty()) {
      throw new HsmException.AccessDenied(
          "%d keys would be on too few nodes without this one, as %s; nothing was changed — start all nodes, run: strongroom cluster sync — and repeat"
              .formatted(lost.size(), lost.stream().limit(MOST_NAMED).toList()));
    }
  }

  private Map<String, @Nullable Object> describe(
      NodeConfig node, int remaining, Roster roster, int destroyed) {
    Map<String, @Nullable Object> document = document();
    document.put("node", node.name());
    document.put("nodesLeft", remaining);
    document.put("changedFiles", Documents.texts(roster.changed()));
    document.put("changeByHand", roster.elsewhere());
    document.put("keysDestroyed", destroyed);
    document.put("tokenHoldsKeys", !destroyKeys);
    return document;
  }

  private void tell(Output output, NodeConfig node, Roster roster, Departure.Holdings leaving) {
    for (String other : roster.elsewhere()) {
      output.line(
          "at node %s: remove %s from peers in node.yaml; it is read again while the node runs"
              .formatted(other, node.name()));
    }
    if (!destroyKeys) {
      output.line(
          "what remains: the token of %s with %d keys and the domain key, which its PIN opens; to destroy them, repeat with --destroy-keys"
              .formatted(node.name(), leaving.keys().size()));
    }
    if (Files.exists(node.certificate())) {
      output.line(
          "what remains: the certificate %s, with which it may still talk to the nodes until it runs out or is revoked"
              .formatted(node.certificate()));
    }
  }
}
