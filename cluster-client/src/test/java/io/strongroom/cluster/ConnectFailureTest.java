package io.strongroom.cluster;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import io.strongroom.cluster.identity.TlsFiles;
import io.strongroom.hsm.HsmException;
import io.vertx.core.Vertx;
import io.vertx.core.http.HttpServer;
import io.vertx.core.net.NetServer;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Clock;
import java.time.Duration;
import java.util.List;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.TimeUnit;
import org.junit.jupiter.api.AfterAll;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/** What a client says of nodes that it cannot or must not talk to. */
class ConnectFailureTest {

  @TempDir static Path folder;

  private static Vertx vertx;
  private static Path identity;

  @BeforeAll
  static void makeAuthority() throws Exception {
    vertx = Vertx.vertx();
    ClusterAuthority authority = authority("demo", Clock.systemUTC());
    identity = authority.issueOfficer("admin", folder.resolve("demo"));
    authority.issueNode("a", Files.createDirectory(folder.resolve("a")));
    authority.issueNode("b", Files.createDirectory(folder.resolve("b")));
  }

  @AfterAll
  static void close() throws Exception {
    vertx.close().await(10, TimeUnit.SECONDS);
  }

  @Test
  void open_withNobodyListening_saysSo() throws Exception {
    NetServer gone = vertx.createNetServer().connectHandler(s -> s.close());
    int port = gone.listen(0, "127.0.0.1").await(10, TimeUnit.SECONDS).actualPort();
    gone.close().await(10, TimeUnit.SECONDS);
    assertRefused(port, "connection refused");
  }

  @Test
  void status_withNobodyListening_hasTheNodeUnreachable() throws Exception {
    NetServer gone = vertx.createNetServer().connectHandler(s -> s.close());
    int port = gone.listen(0, "127.0.0.1").await(10, TimeUnit.SECONDS).actualPort();
    gone.close().await(10, TimeUnit.SECONDS);
    try (ClusterHsm hsm = ClusterHsm.observe(config(port))) {
      NodeStatus status = hsm.status().getFirst();
      assertThat(status.state()).isEqualTo(NodeStatus.State.UNREACHABLE);
      assertThat(status.lastFailure()).contains("connection refused");
      assertThatThrownBy(() -> hsm.random(1)).isInstanceOf(HsmException.DeviceUnavailable.class);
    }
  }

  @Test
  void observe_withoutTheCallersCertificate_namesTheFile() {
    ClusterConfig config = config(1).withIdentity(folder.resolve("nobody"));
    assertThatThrownBy(() -> ClusterHsm.observe(config))
        .isInstanceOf(HsmException.BadInput.class)
        .hasMessageContainingAll("nobody.crt", "no such file");
  }

  @Test
  void open_ofAnotherNodesAddress_namesBothIdentities() throws Exception {
    assertRefused(serve("b"), "wrong identity", "spiffe://demo/node/b", "spiffe://demo/node/a");
  }

  @Test
  void open_ofANodeFromAnotherAuthority_saysSo() throws Exception {
    authority("other", Clock.systemUTC())
        .issueNode("a", Files.createDirectory(folder.resolve("foreign")));
    assertRefused(serve("foreign"), "not from this cluster's authority");
  }

  @Test
  void open_ofANodeWithAnExpiredCertificate_saysSo() throws Exception {
    Clock longAgo = Clock.offset(Clock.systemUTC(), Duration.ofDays(-1000));
    ClusterAuthority.open(folder.resolve("demo"), longAgo)
        .issueNode("a", Files.createDirectory(folder.resolve("expired")));
    assertRefused(serve("expired"), "expired");
  }

  @Test
  void open_ofANodeThatSaysNothing_endsInTime() throws Exception {
    NetServer mute = vertx.createNetServer().connectHandler(s -> s.handler(b -> {}));
    int port = mute.listen(0, "127.0.0.1").await(10, TimeUnit.SECONDS).actualPort();
    assertRefused(port, "node \"a\"");
  }

  @Test
  void open_withAForeignClientCertificate_saysThatTheNodeRefusesIt() throws Exception {
    Path foreign =
        authority("strangers", Clock.systemUTC()).issueOfficer("x", folder.resolve("strangers"));
    ClusterConfig config = config(serve("a")).withIdentity(foreign);
    assertThatThrownBy(() -> ClusterHsm.open(config))
        .isInstanceOf(HsmException.DeviceUnavailable.class)
        .hasMessageContainingAll(
            "refuses this client's certificate",
            "officer-x.crt",
            "not from this cluster's authority");
  }

  @Test
  void open_withoutTheCallersCertificate_namesTheFile() {
    ClusterConfig config = config(1).withIdentity(folder.resolve("nobody"));
    assertThatThrownBy(() -> ClusterHsm.open(config))
        .isInstanceOf(HsmException.BadInput.class)
        .hasMessageContaining("nobody.crt");
  }

  @Test
  void open_onAnEventLoop_isRefused() {
    CompletableFuture<Throwable> thrown = new CompletableFuture<>();
    vertx.runOnContext(_ -> {
      try (ClusterHsm hsm = ClusterHsm.open(config(1))) {
        thrown.complete(new AssertionError("opened " + hsm));
      } catch (RuntimeException e) {
        thrown.complete(e);
      }
    });
    assertThatThrownBy(
            () -> {
              throw thrown.get(10, TimeUnit.SECONDS);
            })
        .isInstanceOf(IllegalStateException.class)
        .hasMessageContaining("event loop");
  }

  private static void assertRefused(int port, String... words) {
    assertThatThrownBy(() -> ClusterHsm.open(config(port)))
        .isInstanceOf(HsmException.DeviceUnavailable.class)
        .hasMessageContainingAll(words);
  }

  private static ClusterConfig config(int port) {
    return new ClusterConfig(
            "demo",
            "",
            List.of(new ClusterConfig.Node("a", "az-a", "127.0.0.1", port)),
            new ClusterConfig.Tls(folder.resolve("demo/ca.crt"), identity, identity),
            1,
            Duration.ofSeconds(1))
        .withIdentity(identity);
  }

  private static int serve(String name) throws Exception {
    Path files = folder.resolve(name);
    // It trusts the demo cluster's authority, whatever its own certificate is from.
    TlsFiles tls =
        new TlsFiles(
            folder.resolve("demo/ca.crt"), files.resolve("node.crt"), files.resolve("node.key"));
    HttpServer server =
        vertx
            .createHttpServer(tls.serverOptions())
            .requestHandler(r -> r.response().setStatusCode(404).end());
    return server.listen(0, "127.0.0.1").await(10, TimeUnit.SECONDS).actualPort();
  }

  private static ClusterAuthority authority(String cluster, Clock clock) throws Exception {
    return ClusterAuthority.create(Files.createDirectory(folder.resolve(cluster)), cluster, clock);
  }
}
