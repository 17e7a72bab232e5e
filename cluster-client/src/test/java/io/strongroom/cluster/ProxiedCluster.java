package io.strongroom.cluster;

import io.strongroom.cluster.node.DomainKeys;
import io.strongroom.cluster.node.HsmNode;
import io.strongroom.cluster.node.JoinCeremony;
import io.strongroom.cluster.node.JoinGrant;
import io.strongroom.cluster.node.JoinRequest;
import io.strongroom.cluster.node.NodeConfig;
import io.strongroom.hsm.Hsm;
import io.strongroom.softhsm.FaultyLibrary;
import io.strongroom.softhsm.SoftHsmToken;
import io.vertx.core.Vertx;
import java.io.IOException;
import java.net.InetSocketAddress;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Clock;
import java.time.Duration;
import java.util.List;
import java.util.Map;
import java.util.Objects;
import java.util.TreeMap;
import java.util.concurrent.TimeUnit;

/**
 * Three nodes a, b and c of zones az-a, az-b and az-c in this JVM, each before a SoftHSM2 token of
 * its own and behind a proxy; the same domain key in all tokens, through the join ceremony.
 */
final class ProxiedCluster implements AutoCloseable {

  static final Duration SYNC = Duration.ofMillis(500);
  private static final List<String> NAMES = List.of("a", "b", "c");

  private final Path folder;
  private final Vertx vertx = Vertx.vertx();
  private final Map<String, TcpProxy> proxies = new TreeMap<>();
  private final Map<String, SoftHsmToken> tokens = new TreeMap<>();
  private final Map<String, FaultyLibrary> libraries = new TreeMap<>();
  private final Map<String, HsmNode> nodes = new TreeMap<>();
  private final Path officer;
  private final Path user;

  /** Makes tokens and domain, and starts all nodes. */
  ProxiedCluster(Path folder) throws Exception {
    this(folder, false);
  }

  /** The same; with faults each token is used through a library whose faults can be set. */
  ProxiedCluster(Path folder, boolean withFaults) throws Exception {
    this.folder = folder;
    ClusterAuthority authority = ClusterAuthority.create(folder, "demo", Clock.systemUTC());
    Path identities = Files.createDirectory(folder.resolve("identities"));
    officer = authority.issueOfficer("admin", identities);
    user = authority.issueUser("app", identities);
    for (String name : NAMES) {
      Path own = Files.createDirectory(folder.resolve(name));
      authority.issueNode(name, own);
      tokens.put(name, SoftHsmToken.create(own, name).withOwnLibrary());
      proxies.put(name, new TcpProxy(vertx));
    }
    join();
    for (String name : NAMES) {
      if (withFaults) {
        libraries.put(name, FaultyLibrary.over(token(name)));
      }
      start(name);
    }
  }

  private void join() {
    try (Hsm first = Hsm.open(token("a").url())) {
      DomainKeys.create(first, folder.resolve("a"));
    }
    JoinCeremony.Member member =
        new JoinCeremony.Member(token("a").url(), token("a").officerUrl(), folder.resolve("a"));
    for (String name : List.of("b", "c")) {
      try (Hsm joining = Hsm.open(token(name).url())) {
        JoinRequest request = JoinCeremony.begin(joining);
        JoinGrant grant = JoinCeremony.approve(member, request, request.fingerprint());
        JoinCeremony.accept(joining, folder.resolve(name), grant);
      }
    }
  }

  /** Starts a node that is not running. */
  void start(String name) {
    Path own = folder.resolve(name);
    NodeConfig config =
        new NodeConfig(
            "demo",
            name,
            "az-" + name,
            InetSocketAddress.createUnresolved("127.0.0.1", 0),
            libraries.containsKey(name) ? library(name).url() : token(name).url(),
            own.resolve("seals"),
            own.resolve("ca.crt"),
            own.resolve("node.crt"),
            own.resolve("node.key"),
            NAMES.stream().filter(n -> !n.equals(name)).map(this::peer).toList(),
            SYNC);
    HsmNode node = HsmNode.start(config);
    nodes.put(name, node);
    proxy(name).forwardTo(node.address().getPort());
  }

  private NodeConfig.Peer peer(String name) {
    return new NodeConfig.Peer(
        name, "az-" + name, InetSocketAddress.createUnresolved("127.0.0.1", proxy(name).port()));
  }

  /**
   * Ends a node as {@code kill -9} would look from outside: connections are reset, none accepted.
   */
  void kill(String name) {
    proxy(name).cut();
    Objects.requireNonNull(nodes.remove(name)).close();
  }

  /** Ends a node as an operator would: it answers what is outstanding first. */
  void stop(String name) {
    Objects.requireNonNull(nodes.remove(name)).close();
  }

  boolean runs(String name) {
    return nodes.containsKey(name);
  }

  /** Starts what does not run and mends what was broken. */
  void heal() {
    libraries.values().forEach(FaultyLibrary::clear);
    for (String name : NAMES) {
      proxy(name).goOn();
      proxy(name).mend();
      if (!nodes.containsKey(name)) {
        start(name);
      }
    }
  }

  TcpProxy proxy(String name) {
    return Objects.requireNonNull(proxies.get(name));
  }

  /** Where a node listens, behind its proxy. */
  int port(String name) {
    return Objects.requireNonNull(nodes.get(name)).address().getPort();
  }

  /** The library through which a node uses its token: where faults are set. */
  FaultyLibrary library(String name) {
    return Objects.requireNonNull(libraries.get(name));
  }

  SoftHsmToken token(String name) {
    return Objects.requireNonNull(tokens.get(name));
  }

  /**
   * As an officer, from no zone in particular, with a deadline that a machine which is busy with
   * other things does not reach.
   */
  ClusterConfig config() {
    return config(Duration.ofSeconds(10));
  }

  /** The same with another deadline, for what is to be over soon. */
  ClusterConfig config(Duration deadline) {
    List<ClusterConfig.Node> all =
        NAMES.stream()
            .map(n -> new ClusterConfig.Node(n, "az-" + n, "127.0.0.1", proxy(n).port()))
            .toList();
    return new ClusterConfig(
            "demo",
            "",
            all,
            new ClusterConfig.Tls(folder.resolve("ca.crt"), officer, officer),
            2,
            deadline)
        .withIdentity(officer);
  }

  /** The same as a file. */
  Path file() throws IOException {
    StringBuilder yaml = new StringBuilder("cluster: demo\nnodes:\n");
    for (ClusterConfig.Node node : config().nodes()) {
      yaml.append(
          "  - {name: %s, az: %s, address: \"%s\"}%n"
              .formatted(node.name(), node.zone(), node.address()));
    }
    yaml.append(
        "tls: {ca: ca.crt, certificate: %s.crt, key: %s.key}%n".formatted(officer, officer));
    return Files.writeString(folder.resolve("proxied.yaml"), yaml);
  }

  /** The path of a crypto user's files. */
  Path user() {
    return user;
  }

  @Override
  public void close() throws Exception {
    nodes.values().forEach(HsmNode::close);
    libraries.values().forEach(FaultyLibrary::close);
    for (TcpProxy proxy : proxies.values()) {
      proxy.close();
    }
    vertx.close().await(10, TimeUnit.SECONDS);
  }
}
