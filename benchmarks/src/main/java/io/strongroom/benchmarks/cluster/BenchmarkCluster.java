package io.strongroom.benchmarks.cluster;

import io.strongroom.benchmarks.Operation;
import io.strongroom.cli.demo.Ports;
import io.strongroom.cli.local.LocalCluster;
import io.strongroom.hsm.Hsm;
import io.strongroom.hsm.HsmException;
import io.strongroom.hsm.KeyId;
import io.strongroom.hsm.KeySpec;
import io.strongroom.softhsm.FaultyLibrary;
import io.strongroom.softhsm.SoftHsmToken;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.security.SecureRandom;
import java.time.Clock;
import java.util.Collection;
import java.util.HashSet;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Objects;
import java.util.Set;

/**
 * Three nodes of one zone, each a process before a token of its own that has the operations' keys.
 * A token can be slowed down. For one thread.
 */
public final class BenchmarkCluster implements AutoCloseable {
  /** Of a slow token: so few that three tokens are the bottleneck, and not this machine's cores. */
  private static final String FEW_SESSIONS = "&x-sessions=2";

  /** The names of its nodes. */
  public static final List<String> NODES = List.of("a", "b", "c");

  private static final int OPENINGS = 3;

  private final LocalCluster cluster;
  private final Map<String, FaultyLibrary> libraries = new LinkedHashMap<>();
  private final Map<String, ServingNode> serving = new LinkedHashMap<>();

  private BenchmarkCluster(LocalCluster cluster) {
    this.cluster = cluster;
  }

  /** Makes it in a new folder, with its keys; no node serves. */
  public static BenchmarkCluster create(Path folder) throws Exception {
    Map<String, String> zones = new LinkedHashMap<>();
    // All alike: the client's preference for its own zone is not what is measured.
    NODES.forEach(name -> zones.put(name, "az-a"));
    int port = Ports.freeRange(NODES.size(), new SecureRandom());
    LocalCluster.Plan plan = new LocalCluster.Plan("benchmarks", zones, port);
    BenchmarkCluster made =
        new BenchmarkCluster(LocalCluster.create(folder, plan, Clock.systemUTC(), _ -> {}));
    try {
      made.serve(NODES);
      made.makeKeys();
      made.endNodes();
      return made;
    } catch (Exception e) {
      made.close();
      throw e;
    }
  }

  private void makeKeys() {
    SecureRandom random = new SecureRandom();
    Set<String> done = new HashSet<>();
    try (Hsm hsm = open(cluster.hsmUrl())) {
      for (Operation operation : Operation.values()) {
        if (done.add(operation.label())) {
          hsm.create(KeySpec.of(KeyId.random(random), operation.label(), operation.keyType()));
        }
      }
    }
  }

  /** Opens a URL; nodes that have just begun on a busy machine may need a second look. */
  public static Hsm open(String url) {
    for (int left = OPENINGS - 1; ; left--) {
      try {
        return Hsm.open(url);
      } catch (HsmException.DeviceUnavailable e) {
        if (left == 0) {
          throw e;
        }
      }
    }
  }

  /** The URL of one node's token, as the node itself opens it. */
  String tokenUrl(String node) {
    return cluster.token(node).url();
  }

  /** The URL of the cluster, or a part of it. */
  public String url(Collection<String> nodes) {
    return cluster.hsmUrl() + "?nodes=" + String.join(",", nodes);
  }

  /** Ends the nodes and starts these, with their tokens as they are. */
  public void serve(Collection<String> nodes) throws Exception {
    endNodes();
    for (String name : nodes) {
      useLibrary(name, cluster.token(name).library());
    }
    start(nodes);
  }

  /** The same with tokens that can be slowed down. */
  void serveSlowly(Collection<String> nodes) throws Exception {
    endNodes();
    for (String name : nodes) {
      FaultyLibrary library =
          libraries.computeIfAbsent(name, n -> FaultyLibrary.over(cluster.token(n)));
      useLibrary(name, library.library());
    }
    start(nodes);
  }

  private void useLibrary(String name, Path library) throws IOException {
    SoftHsmToken token = cluster.token(name);
    Path file = token.dir().resolve("node.yaml");
    List<String> lines =
        Files.readAllLines(file).stream()
            .map(line ->
                line.startsWith("hsm:")
                    ? "hsm: \"" + token.url(library) + FEW_SESSIONS + "\""
                    : line)
            .toList();
    Files.write(file, lines);
  }

  /** Starts those of these nodes that do not run. */
  void start(Collection<String> nodes) throws Exception {
    for (String name : nodes) {
      ServingNode present = serving.get(name);
      if (present == null || !present.handle().isAlive()) {
        serving.put(name, ServingNode.start(cluster.folder().resolve(name)));
      }
    }
    for (String name : nodes) {
      node(name).awaitReady();
    }
  }

  ServingNode node(String name) {
    return Objects.requireNonNull(serving.get(name), name);
  }

  /** What slows a node's token down. */
  FaultyLibrary library(String name) {
    return Objects.requireNonNull(libraries.get(name), name);
  }

  /** The processes of the nodes. */
  List<ProcessHandle> handles() {
    return serving.values().stream().map(ServingNode::handle).toList();
  }

  private void endNodes() {
    serving.values().forEach(ServingNode::close);
    serving.clear();
  }

  @Override
  public void close() {
    endNodes();
    libraries.values().forEach(FaultyLibrary::close);
    NODES.forEach(name -> cluster.token(name).delete());
  }
}
