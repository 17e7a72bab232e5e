package io.strongroom.cluster.node;

import static io.strongroom.cluster.Certificates.shape;
import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import io.strongroom.cluster.Certificates;
import io.strongroom.cluster.ClusterAuthority;
import io.strongroom.cluster.ClusterConfig;
import io.strongroom.cluster.ClusterHsm;
import io.strongroom.cluster.identity.TlsFiles;
import io.strongroom.hsm.HsmException;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.StandardCopyOption;
import java.time.Clock;
import java.time.Duration;
import java.util.List;
import java.util.Queue;
import java.util.concurrent.ConcurrentLinkedQueue;
import java.util.concurrent.atomic.AtomicInteger;
import org.awaitility.Awaitility;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/** Certificates are exchanged while a client works, and it does not notice. */
class CertificateRotationTest {
  private static final Duration LIMIT = Duration.ofSeconds(60);
  private static final String NODE = "spiffe://demo/node/a";
  private static final String USER = "spiffe://demo/user/app";

  /** Asks for random bytes all the time. */
  private static final class Load implements AutoCloseable {
    private final AtomicInteger done = new AtomicInteger();
    private final Queue<RuntimeException> failures = new ConcurrentLinkedQueue<>();
    private final List<Thread> threads;
    private volatile boolean stopped;

    Load(ClusterHsm hsm) {
      threads = List.of(thread(hsm), thread(hsm));
    }

    private Thread thread(ClusterHsm hsm) {
      return Thread.ofPlatform()
          .start(() -> {
            while (!stopped) {
              try {
                hsm.random(32);
                done.incrementAndGet();
              } catch (RuntimeException e) {
                failures.add(e);
              }
            }
          });
    }

    void goesOn() {
      int before = done.get();
      Awaitility.await().atMost(LIMIT).until(() -> done.get() > before + 20);
    }

    @Override
    public void close() {
      stopped = true;
      for (Thread thread : threads) {
        try {
          thread.join();
        } catch (InterruptedException e) {
          Thread.currentThread().interrupt();
        }
      }
    }
  }

  private static ClusterConfig config(HsmNode node, TlsFiles user) {
    return new ClusterConfig(
        "demo",
        "",
        List.of(
            new ClusterConfig.Node(
                "a", "az", node.address().getHostString(), node.address().getPort())),
        new ClusterConfig.Tls(user.ca(), user.certificate(), user.key()),
        1,
        Duration.ofSeconds(20));
  }

  private static void replace(Path place, byte[] content) throws IOException {
    Path fresh = Files.write(place.resolveSibling(place.getFileName() + ".fresh"), content);
    Files.move(fresh, place, StandardCopyOption.ATOMIC_MOVE, StandardCopyOption.REPLACE_EXISTING);
  }

  private static byte[] both(Path first, Path second) throws IOException {
    return (Files.readString(first) + Files.readString(second)).getBytes();
  }

  @Test
  void authorityAndCertificates_exchangedUnderLoad_failNothing(@TempDir Path root)
      throws Exception {
    TestCluster cluster = new TestCluster(root);
    TestToken token = cluster.first("a");
    Path followed = Files.createDirectory(root.resolve("next"));
    ClusterAuthority.create(followed, "demo", Clock.systemUTC());
    Certificates next = new Certificates(followed);
    Path nodeCa = token.folder().resolve("ca.crt");
    TlsFiles nodeFiles = cluster.node(token);
    TlsFiles user = cluster.user();
    try (HsmNode node = cluster.start(token);
        LogLines lines = new LogLines("io.strongroom.cluster");
        ClusterHsm hsm = ClusterHsm.open(config(node, user));
        Load load = new Load(hsm)) {
      load.goesOn();
      byte[] bundle = both(root.resolve("ca.crt"), followed.resolve("ca.crt"));

      replace(nodeCa, bundle);
      awaitRenewals(node, 1);
      replace(user.ca(), bundle);
      awaitConnections(lines, 1);
      Certificates.replace(nodeFiles, next.issue(shape(NODE)));
      awaitRenewals(node, 2);
      Certificates.replace(user, next.issue(shape(USER)));
      // The old authority is taken out once the client is known by the new one.
      awaitConnections(lines, 2);
      load.goesOn();
      replace(nodeCa, Files.readAllBytes(followed.resolve("ca.crt")));
      awaitRenewals(node, 3);
      load.goesOn();

      assertThat(load.failures).isEmpty();
      TlsFiles old = cluster.officer();
      assertThatThrownBy(() -> ClusterHsm.open(config(node, old)).close())
          .isInstanceOf(HsmException.DeviceUnavailable.class);
    }
  }

  private static void awaitConnections(LogLines lines, int count) {
    Awaitility.await()
        .atMost(LIMIT)
        .until(() -> lines.with("event=connection_renewed").size() >= count);
  }

  private static void awaitRenewals(HsmNode node, long count) {
    Awaitility.await().atMost(LIMIT).until(() -> node.counters().certificateRenewals() >= count);
  }

  @Test
  void certificateOfAClient_followedByAnotherBeforeItsEnd_failsNothing(@TempDir Path root)
      throws Exception {
    TestCluster cluster = new TestCluster(root);
    Certificates certificates = new Certificates(root);
    TlsFiles user = certificates.issue(shape(USER).lasting(Duration.ofSeconds(90)));
    try (HsmNode node = cluster.start(cluster.first("a"));
        LogLines lines = new LogLines("io.strongroom.cluster");
        ClusterHsm hsm = ClusterHsm.open(config(node, user));
        Load load = new Load(hsm)) {
      load.goesOn();
      Certificates.replace(user, certificates.issue(shape(USER)));
      awaitConnections(lines, 1);
      Awaitility.await().atMost(LIMIT).until(() -> node.counters().connections() == 1);
      load.goesOn();

      assertThat(load.failures).isEmpty();
      assertThat(node.counters().refused()).containsEntry("expired", 0L);
    }
  }
}
