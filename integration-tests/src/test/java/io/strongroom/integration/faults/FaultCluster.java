package io.strongroom.integration.faults;

import static org.assertj.core.api.Assertions.assertThat;
import static org.awaitility.Awaitility.await;

import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.node.ObjectNode;
import io.strongroom.cli.demo.NodeProcess;
import io.strongroom.cli.local.LocalCluster;
import io.strongroom.cli.local.NodePlace;
import io.strongroom.cluster.ClusterConfig;
import io.strongroom.cluster.ClusterHsm;
import io.strongroom.cluster.NodeStatus;
import io.strongroom.hsm.HsmException;
import io.strongroom.integration.cluster.FreePorts;
import io.strongroom.softhsm.FaultyLibrary;
import io.strongroom.softhsm.SoftHsmToken;
import java.io.IOException;
import java.io.UncheckedIOException;
import java.net.InetSocketAddress;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Clock;
import java.time.Duration;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Objects;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.ConcurrentHashMap;

/**
 * Three nodes a, b and c as processes of their own, each in a zone of its own in front of a
 * SoftHSM2 token of its own, which it uses through a library whose faults this JVM sets.
 */
public final class FaultCluster implements AutoCloseable {
  /** The nodes' names. */
  public static final List<String> NODES = List.of("a", "b", "c");

  /** The client's deadline; an attempt at one node gets a third of it. */
  public static final Duration DEADLINE =
      Duration.ofSeconds(Integer.getInteger("strongroom.faults.deadline-seconds", 10));

  /** How long anything may take on a machine that is busy with other things. */
  static final Duration PATIENCE = Duration.ofSeconds(60);

  private final LocalCluster cluster;
  private final Map<String, FaultyLibrary> libraries = new ConcurrentHashMap<>();
  private final Map<String, TokenBackup> backups = new ConcurrentHashMap<>();
  private final Map<String, NodeProcess> processes = new ConcurrentHashMap<>();

  private FaultCluster(LocalCluster cluster) {
    this.cluster = cluster;
  }

  /**
   * Makes a cluster in {@code folder/D} and starts its nodes, all at once.
   *
   * @param ways how clients and peers reach the nodes
   */
  public static FaultCluster start(Path folder, Ways ways) throws IOException {
    Map<String, String> zones = new LinkedHashMap<>();
    NODES.forEach(name -> zones.put(name, "az-" + name));
    LocalCluster made =
        LocalCluster.create(
            folder.resolve("D"),
            new LocalCluster.Plan("faults", zones, FreePorts.consecutive(zones.size())),
            Clock.systemUTC(),
            _ -> {});
    FaultCluster cluster = new FaultCluster(made);
    try {
      cluster.configure(ways);
      cluster.heal();
      return cluster;
    } catch (IOException | RuntimeException | Error e) {
      cluster.close();
      throw e;
    }
  }

  private void configure(Ways ways) throws IOException {
    for (NodePlace node : cluster.nodes()) {
      FaultyLibrary library = FaultyLibrary.over(cluster.token(node.name()));
      libraries.put(node.name(), library);
      backups.put(node.name(), TokenBackup.of(cluster.token(node.name())));
      YamlFile.edit(
          node.folder().resolve("node.yaml"),
          yaml -> {
            yaml.put("hsm", library.url()).put("sync", "500ms");
            detour(yaml.path("peers"), node.name(), ways);
          });
    }
    YamlFile.edit(
        cluster.config(),
        yaml -> {
          yaml.put("deadline", DEADLINE.toSeconds() + "s").remove("az");
          detour(yaml.path("nodes"), Ways.CLIENT, ways);
        });
  }

  private static void detour(JsonNode members, String from, Ways ways) {
    for (JsonNode member : members) {
      String[] hostAndPort = member.path("address").asText().split(":");
      InetSocketAddress address =
          InetSocketAddress.createUnresolved(hostAndPort[0], Integer.parseInt(hostAndPort[1]));
      InetSocketAddress way = ways.way(from, member.path("name").asText(), address);
      ((ObjectNode) member).put("address", way.getHostString() + ":" + way.getPort());
    }
  }

  /**
   * Puts the backup of a token back that was made before the cluster had any keys: the domain key
   * is there, nothing else is. The node must not run.
   */
  public void restoreToken(String node) {
    assertThat(processes).doesNotContainKey(node);
    Objects.requireNonNull(backups.get(node)).restore();
  }

  /** The cluster's files. */
  public LocalCluster files() {
    return cluster;
  }

  /** Where a node's files are. */
  public Path folder(String node) {
    return cluster.folder().resolve(node);
  }

  /** The library through which a node uses its token: where faults are set. */
  public FaultyLibrary library(String node) {
    return Objects.requireNonNull(libraries.get(node), node);
  }

  /** A node's token, to be reset or looked at beside the node. */
  public SoftHsmToken token(String node) {
    return cluster.token(node);
  }

  /** An officer's configuration, from no zone in particular: each node gets its share. */
  public ClusterConfig config() {
    return ClusterConfig.read(cluster.config());
  }

  /** A new client of these nodes, or of all when none is named. */
  public ClusterHsm open(String... nodes) {
    ClusterConfig config = nodes.length == 0 ? config() : config().withNodes(List.of(nodes));
    // Where all cores are busy, first handshakes may take longer than a client waits for them.
    return await()
        .atMost(PATIENCE.multipliedBy(3))
        .ignoreExceptionsInstanceOf(HsmException.DeviceUnavailable.class)
        .until(() -> ClusterHsm.open(config), Objects::nonNull);
  }

  /** Starts a node that does not run, and waits until it serves. */
  public void start(String node) {
    start(node, Map.of());
  }

  /** The same with more environment variables. */
  public void start(String node, Map<String, String> environment) {
    processes.put(node, NodeProcess.start(folder(node), environment));
  }

  /** Ends a node as {@code kill -9} does. */
  public void kill(String node) {
    running(node).kill();
    processes.remove(node);
  }

  /** Ends a node by SIGTERM, which drains; waits for its end. */
  public void terminate(String node) {
    running(node).close();
    processes.remove(node);
  }

  /** SIGSTOP: it lives and does nothing. */
  public void stop(String node) {
    signal("STOP", node);
  }

  /** SIGCONT. */
  public void goOn(String node) {
    signal("CONT", node);
  }

  /** Waits until a node's process has ended by itself. */
  public void awaitEnd(String node) {
    await().atMost(PATIENCE).until(() -> !running(node).alive());
    processes.remove(node);
  }

  private NodeProcess running(String node) {
    return Objects.requireNonNull(processes.get(node), () -> "node " + node + " does not run");
  }

  private void signal(String signal, String node) {
    try {
      Process kill =
          new ProcessBuilder("kill", "-" + signal, Long.toString(running(node).pid()))
              .inheritIO()
              .start();
      assertThat(kill.waitFor()).as("exit code of kill -%s", signal).isZero();
    } catch (IOException e) {
      throw new UncheckedIOException(e);
    } catch (InterruptedException e) {
      Thread.currentThread().interrupt();
      throw new IllegalStateException(e);
    }
  }

  /** Takes all faults of the tokens away, and starts the nodes that do not run, all at once. */
  public void heal() {
    libraries.values().forEach(FaultyLibrary::clear);
    CompletableFuture.allOf(
            NODES.stream()
                .filter(node -> !processes.containsKey(node) || !running(node).alive())
                .map(node ->
                    CompletableFuture.runAsync(
                        () -> start(node), task -> Thread.ofVirtual().start(task)))
                .toArray(CompletableFuture[]::new))
        .join();
  }

  /** Kills all nodes, puts the backups of all tokens back, and starts again. */
  void rebuild() {
    processes.values().forEach(NodeProcess::kill);
    processes.clear();
    backups.values().forEach(TokenBackup::restore);
    heal();
  }

  /** Waits until a client finds that all nodes serve and hold all keys. */
  public static void awaitLevel(ClusterHsm hsm) {
    await()
        .atMost(PATIENCE)
        .untilAsserted(() ->
            assertThat(hsm.status())
                .allSatisfy(node -> {
                  assertThat(node.state()).isEqualTo(NodeStatus.State.SERVING);
                  assertThat(node.missing()).isZero();
                }));
  }

  /** Waits until a client finds a node in this state. */
  public static void awaitState(ClusterHsm hsm, String node, NodeStatus.State state) {
    await()
        .atMost(PATIENCE)
        .untilAsserted(() -> assertThat(status(hsm, node).state()).isEqualTo(state));
  }

  /** What a client finds of a node. */
  public static NodeStatus status(ClusterHsm hsm, String node) {
    return hsm.status().stream().filter(n -> n.name().equals(node)).findFirst().orElseThrow();
  }

  /** The ends of the nodes' logs, for a test that fails. */
  public String logs() {
    StringBuilder logs = new StringBuilder();
    for (String node : NODES) {
      logs.append("--- log of node ").append(node).append('\n');
      try {
        List<String> lines = Files.readAllLines(folder(node).resolve("node.log"));
        lines
            .subList(Math.max(0, lines.size() - 15), lines.size())
            .forEach(line -> logs.append(line).append('\n'));
      } catch (IOException e) {
        logs.append(e).append('\n');
      }
    }
    return logs.toString();
  }

  /** Ends the nodes without ceremony, and takes the libraries away. */
  @Override
  public void close() {
    processes.values().forEach(NodeProcess::kill);
    libraries.values().forEach(FaultyLibrary::close);
  }
}
