package io.strongroom.integration.network;

import static org.awaitility.Awaitility.await;

import io.strongroom.cli.demo.NodeProcess;
import io.strongroom.cli.local.LocalCluster;
import io.strongroom.cli.local.NodePlace;
import io.strongroom.cluster.ClusterHsm;
import io.strongroom.cluster.node.JoinCeremony;
import io.strongroom.cluster.node.JoinGrant;
import io.strongroom.cluster.node.JoinRequest;
import io.strongroom.hsm.Hsm;
import io.strongroom.hsm.HsmException;
import io.strongroom.integration.cluster.FreePorts;
import io.strongroom.softhsm.SoftHsmToken;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Clock;
import java.time.Duration;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Objects;
import java.util.concurrent.ConcurrentHashMap;
import java.util.stream.Stream;

/**
 * Three nodes a, b and c of zones az-a, az-b and az-c, each a process before a token of its own,
 * with a proxy on every way: from each client to each node, and from each node to each peer. Safe
 * for use by many threads as long as one at a time works on a node.
 */
public final class ProcessCluster implements AutoCloseable {
  /** The nodes' names. */
  public static final List<String> NODES = List.of("a", "b", "c");

  private static final Duration PATIENCE = Duration.ofSeconds(120);

  private final LocalCluster cluster;
  private final Map<String, Proxy> ways = new LinkedHashMap<>();
  private final Map<String, SoftHsmToken> tokens = new LinkedHashMap<>();
  private final Map<String, NodeProcess> processes = new ConcurrentHashMap<>();

  /**
   * Makes the tokens and the domain, and starts the nodes.
   *
   * @param folder a new folder
   * @param clients names of clients that have proxies of their own
   * @param settings more lines for their {@code cluster.yaml}, such as {@code deadline: 2s}
   */
  public ProcessCluster(Path folder, List<String> clients, String settings) throws IOException {
    Map<String, String> zones = new LinkedHashMap<>();
    NODES.forEach(name -> zones.put(name, "az-" + name));
    cluster =
        LocalCluster.create(
            folder,
            new LocalCluster.Plan("demo", zones, FreePorts.consecutive(NODES.size())),
            Clock.systemUTC(),
            _ -> {});
    for (NodePlace node : cluster.nodes()) {
      Stream.concat(clients.stream(), NODES.stream())
          .filter(from -> !from.equals(node.name()))
          .forEach(from ->
              ways.put(way(from, node.name()), Proxy.to("127.0.0.1", port(node.address()))));
      tokens.put(node.name(), cluster.token(node.name()).withOwnLibrary());
    }
    for (String name : NODES) {
      redirect(folder.resolve(name).resolve("node.yaml"), name);
    }
    for (String client : clients) {
      Files.writeString(
          config(client),
          Files.readString(cluster.config()).replaceFirst("deadline:.*", "") + settings + "\n");
      redirect(config(client), client);
    }
    NODES.parallelStream().forEach(this::start);
  }

  private void redirect(Path file, String from) throws IOException {
    String yaml = Files.readString(file);
    for (NodePlace node : cluster.nodes()) {
      if (!node.name().equals(from)) {
        yaml = yaml.replace(node.address(), proxy(from, node.name()).address());
      }
    }
    Files.writeString(file, yaml);
  }

  private static String way(String from, String to) {
    return from + "->" + to;
  }

  private static int port(String address) {
    return Integer.parseInt(address.substring(address.lastIndexOf(':') + 1));
  }

  private Path config(String client) {
    return cluster.folder().resolve("cluster-" + client + ".yaml");
  }

  /** Where everything is. */
  public LocalCluster local() {
    return cluster;
  }

  /** The URL under which a client opens the cluster, through its own proxies. */
  public String url(String client) {
    return "cluster:" + config(client);
  }

  /** The URL of one node alone, without a proxy. */
  public String urlOf(String node) {
    return cluster.hsmUrl() + "?nodes=" + node;
  }

  /** Opens a client; tries on while a machine that is busy with other things takes its time. */
  public static ClusterHsm open(String url) {
    return (ClusterHsm)
        await()
            .atMost(PATIENCE)
            .ignoreExceptionsInstanceOf(HsmException.DeviceUnavailable.class)
            .until(() -> Hsm.open(url), Objects::nonNull);
  }

  /** The proxy on the way from a client or node to a node. */
  public Proxy proxy(String from, String to) {
    return Objects.requireNonNull(ways.get(way(from, to)), way(from, to));
  }

  /** The proxies between a node and its peers, both ways. */
  public List<Proxy> peerProxies(String node) {
    return NODES.stream()
        .filter(peer -> !peer.equals(node))
        .flatMap(peer -> Stream.of(proxy(node, peer), proxy(peer, node)))
        .toList();
  }

  /** Starts a node that does not run. */
  public void start(String name) {
    processes.computeIfAbsent(name, _ -> NodeProcess.start(folderOf(name)));
  }

  /** {@code kill -9}. */
  public void kill(String name) {
    NodeProcess process = processes.remove(name);
    if (process != null) {
      process.kill();
    }
  }

  /** SIGTERM, which drains. */
  public void stop(String name) {
    NodeProcess process = processes.remove(name);
    if (process != null) {
      process.close();
    }
  }

  /** SIGSTOP: connections stay open, nothing answers. */
  public void pause(String name) {
    signal("-STOP", name);
  }

  /** SIGCONT; nothing happens to one that runs. */
  public void resume(String name) {
    signal("-CONT", name);
  }

  private void signal(String signal, String name) {
    NodeProcess process = processes.get(name);
    if (process == null) {
      return;
    }
    try {
      int code = new ProcessBuilder("kill", signal, Long.toString(process.pid())).start().waitFor();
      if (code != 0) {
        throw new IllegalStateException("kill " + signal + " of node " + name + " ended " + code);
      }
    } catch (IOException e) {
      throw new IllegalStateException("there is no kill command", e);
    } catch (InterruptedException e) {
      Thread.currentThread().interrupt();
    }
  }

  /** Empties the token of a node that does not run, and joins it to the cluster again. */
  public void resetToken(String name) {
    SoftHsmToken token = token(name);
    token.reset();
    JoinRequest request;
    try (Hsm hsm = Hsm.open(token.url())) {
      request = JoinCeremony.begin(hsm);
    }
    SoftHsmToken member =
        token(NODES.stream().filter(other -> !other.equals(name)).findFirst().orElseThrow());
    JoinGrant grant =
        JoinCeremony.approve(
            new JoinCeremony.Member(member.url(), member.officerUrl(), member.dir()),
            request,
            request.fingerprint());
    try (Hsm hsm = Hsm.open(token.url())) {
      JoinCeremony.accept(hsm, token.dir(), grant);
    }
  }

  /** A node's token. */
  public SoftHsmToken token(String name) {
    return Objects.requireNonNull(tokens.get(name));
  }

  /** A node's folder. */
  public Path folderOf(String name) {
    return cluster.folder().resolve(name);
  }

  /** Mends every way, and runs every node. */
  public void heal() {
    ways.values().forEach(Proxy::heal);
    NODES.forEach(this::resume);
    NODES.forEach(this::start);
  }

  @Override
  public void close() {
    NODES.forEach(this::resume);
    NODES.parallelStream().forEach(this::stop);
    ways.values().forEach(Proxy::close);
  }
}
