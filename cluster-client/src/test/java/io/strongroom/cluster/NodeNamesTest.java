package io.strongroom.cluster;

import static org.assertj.core.api.Assertions.assertThat;
import static org.awaitility.Awaitility.await;

import io.strongroom.cluster.link.Names;
import io.vertx.core.Vertx;
import io.vertx.core.VertxOptions;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.util.List;
import java.util.concurrent.TimeUnit;
import org.junit.jupiter.api.AfterAll;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/** A node with a host name that comes to mean another address, or none; a node with IPv6. */
class NodeNamesTest {
  private static final Duration PATIENCE = Duration.ofSeconds(60);
  private static final String NAME = "node-a.test";

  @TempDir static Path folder;

  private static ProxiedCluster cluster;
  private Path hosts;
  private Vertx vertx;
  private AsyncHsm hsm;

  @BeforeAll
  static void start() throws Exception {
    cluster = new ProxiedCluster(folder);
  }

  @AfterAll
  static void stop() throws Exception {
    cluster.close();
  }

  @BeforeEach
  void openByName(@TempDir Path own) throws Exception {
    cluster.heal();
    hosts = Files.writeString(own.resolve("hosts"), "127.0.0.1 " + NAME + "\n");
    vertx =
        Vertx.vertx(
            new VertxOptions()
                .setAddressResolverOptions(
                    Names.resolver()
                        .setHostsPath(hosts.toString())
                        // No one listens there: what the file does not say no one knows.
                        .addServer("127.0.0.1:9")
                        .setQueryTimeout(200)));
    hsm = AsyncHsm.open(vertx, named(NAME)).await(30, TimeUnit.SECONDS);
    awaitState(NodeStatus.State.SERVING);
  }

  @AfterEach
  void close() throws Exception {
    hsm.close().await(10, TimeUnit.SECONDS);
    vertx.close().await(10, TimeUnit.SECONDS);
  }

  @Test
  void node_whoseNameMeansAnotherAddress_isFoundThere() throws Exception {
    int port = cluster.proxy("a").port();
    try (TcpProxy moved = new TcpProxy(vertx, "127.0.0.2", port)) {
      moved.forwardTo(cluster.port("a"));
      cluster.proxy("a").cut();
      awaitState(NodeStatus.State.UNREACHABLE);
      Files.writeString(hosts, "127.0.0.2 " + NAME + "\n");
      awaitState(NodeStatus.State.SERVING);
    }
  }

  @Test
  void node_whoseNameIsUnknown_isUnreachableUntilItIsKnownAgain() throws Exception {
    Files.writeString(hosts, "");
    cluster.proxy("a").reset();
    awaitState(NodeStatus.State.UNREACHABLE);
    assertThat(hsm.random(16).await(10, TimeUnit.SECONDS)).hasSize(16);
    assertThat(status().lastFailure()).contains("\"a\"", NAME);
    Files.writeString(hosts, "127.0.0.1 " + NAME + "\n");
    awaitState(NodeStatus.State.SERVING);
  }

  private static ClusterConfig named(String host) {
    ClusterConfig config = cluster.config();
    List<ClusterConfig.Node> nodes =
        config.nodes().stream()
            .map(n ->
                n.name().equals("a") ? new ClusterConfig.Node("a", n.zone(), host, n.port()) : n)
            .toList();
    return new ClusterConfig(
        config.cluster(), config.zone(), nodes, config.tls(), config.quorum(), config.deadline());
  }

  private NodeStatus status() throws Exception {
    return hsm.status().await(30, TimeUnit.SECONDS).getFirst();
  }

  private void awaitState(NodeStatus.State wanted) {
    await().atMost(PATIENCE).until(() -> status().state() == wanted);
  }
}
