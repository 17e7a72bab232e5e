package io.strongroom.cluster;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import io.strongroom.cluster.link.OwnVertx;
import io.strongroom.hsm.HsmException;
import io.vertx.core.Future;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Clock;
import java.time.Duration;
import java.util.Queue;
import java.util.concurrent.ConcurrentLinkedQueue;
import java.util.concurrent.CountDownLatch;
import java.util.concurrent.TimeUnit;
import java.util.stream.IntStream;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/** What a client leaves behind. */
class CloseTest {

  private static final int NODES = 12;

  @Test
  void close_whileConnectionsAreBegun_leavesNothingToFailLater(@TempDir Path folder)
      throws Exception {
    ClusterAuthority authority =
        ClusterAuthority.create(
            Files.createDirectory(folder.resolve("ca")), "demo", Clock.systemUTC());
    ClusterConfig config = config(authority.issueOfficer("admin", folder.resolve("ca")));
    Queue<Throwable> uncaught = new ConcurrentLinkedQueue<>();
    var before = Thread.getDefaultUncaughtExceptionHandler();
    Thread.setDefaultUncaughtExceptionHandler((_, e) -> uncaught.add(e));
    try {
      for (int i = 0; i < 20; i++) {
        closeWhileConnecting(config);
      }
    } finally {
      Thread.setDefaultUncaughtExceptionHandler(before);
    }
    assertThat(uncaught).isEmpty();
  }

  /** On the loop itself, so that the client closes in the moment in which connecting began. */
  private static void closeWhileConnecting(ClusterConfig config) throws Exception {
    Cluster client = await(Cluster.alone(OwnVertx.ofClient(), config, Telemetry.NONE));
    CountDownLatch begun = new CountDownLatch(1);
    Future<Void> connected =
        client.submit(() -> {
          Future<Void> connecting = client.fleet().connectAny();
          begun.countDown();
          return connecting;
        });
    assertThat(begun.await(10, TimeUnit.SECONDS)).isTrue();
    await(client.close());
    assertThatThrownBy(() -> await(connected))
        .hasCauseInstanceOf(HsmException.DeviceUnavailable.class);
  }

  private static <T> T await(Future<T> future) throws Exception {
    return future.toCompletionStage().toCompletableFuture().get(30, TimeUnit.SECONDS);
  }

  private static ClusterConfig config(Path identity) {
    return new ClusterConfig(
            "demo",
            "",
            IntStream.range(0, NODES)
                // Nobody listens there.
                .mapToObj(i -> new ClusterConfig.Node("n" + i, "az", "127.0.0.1", 1))
                .toList(),
            new ClusterConfig.Tls(identity.resolveSibling("ca.crt"), identity, identity),
            NODES,
            Duration.ofSeconds(1))
        .withIdentity(identity);
  }
}
