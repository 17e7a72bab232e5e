package io.strongroom.integration.faults;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;
import static org.awaitility.Awaitility.await;

import io.strongroom.cluster.ClusterHsm;
import io.strongroom.cluster.wire.v1.Tombstone;
import io.strongroom.hsm.HsmException;
import io.strongroom.hsm.KeyId;
import io.strongroom.hsm.KeySpec;
import io.strongroom.hsm.KeyType;
import io.strongroom.integration.network.ProcessCluster;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.security.SecureRandom;
import java.time.Duration;
import java.time.Instant;
import java.util.Map;
import org.junit.jupiter.api.AfterAll;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.Tag;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.TestInstance;
import org.junit.jupiter.api.extension.ExtendWith;
import org.junit.jupiter.api.io.TempDir;

/**
 * Nodes whose clocks are an hour fast and an hour slow. Nothing in a cluster compares clocks but
 * the validity of certificates, which are valid from two hours before they were issued.
 */
@ExtendWith(FaultSuite.class)
@TestInstance(TestInstance.Lifecycle.PER_CLASS)
@Tag("alone")
class ClockSkewTest {
  private static final Duration HOUR = Duration.ofHours(1);

  private static final int WARM_UP_ROUNDS = 60;

  private FaultCluster cluster;
  private SkewedClock clock;
  private Experiment experiment;

  @BeforeAll
  void start(@TempDir Path folder, FaultTable table) throws Exception {
    clock = SkewedClock.compile(folder);
    cluster = FaultCluster.start(folder, Ways.DIRECT);
    try (ClusterHsm hsm = ProcessCluster.open(cluster.files().hsmUrl())) {
      experiment =
          new Experiment(cluster, Workload.create(hsm).warmedUp(hsm, WARM_UP_ROUNDS), table);
    }
  }

  @AfterAll
  void end() {
    cluster.close();
  }

  @Test
  void nodes_anHourFastAndAnHourSlow_failNoOperationAndKeepTheOrderOfKeys() throws Exception {
    KeyId id = KeyId.random(new SecureRandom());
    KeySpec spec = KeySpec.of(id, "label", KeyType.AES_256);
    experiment.run(
        "clocks an hour fast and an hour slow",
        hsm -> {
          restart(hsm, "a", clock.off(HOUR));
          restart(hsm, "b", clock.off(HOUR.negated()));
          hsm.create(spec);
          // Destroyed an hour before it was made, by one clock, and made again at once.
          hsm.destroy(id);
          assertThat(Duration.between(destroyedAt("b", id), destroyedAt("a", id)))
              .isGreaterThan(HOUR);
          hsm.create(KeySpec.of(KeyId.random(new SecureRandom()), "label", KeyType.AES_256));
          FaultCluster.awaitLevel(hsm);
          assertThatThrownBy(() -> hsm.key(id)).isInstanceOf(HsmException.KeyNotFound.class);
        },
        _ -> {
          // Clocks that are wrong stay wrong until someone sees it.
        });
    try (ClusterHsm hsm = cluster.open()) {
      assertThatThrownBy(() -> hsm.key(id)).isInstanceOf(HsmException.KeyNotFound.class);
      await()
          .atMost(FaultCluster.PATIENCE)
          .until(() -> hsm.key("label").locations().equals(FaultCluster.NODES));
    }
  }

  private void restart(ClusterHsm hsm, String node, Map<String, String> environment) {
    cluster.kill(node);
    cluster.start(node, environment);
    FaultCluster.awaitLevel(hsm);
  }

  /** When a node has destroyed a key, by its own clock. */
  private Instant destroyedAt(String node, KeyId id) throws IOException {
    Path tombstone = cluster.folder(node).resolve("seals").resolve(id + ".tombstone");
    // A quorum confirms a destruction; the third node may need a moment more.
    await().atMost(FaultCluster.PATIENCE).until(() -> Files.exists(tombstone));
    return Instant.ofEpochMilli(
        Tombstone.parseFrom(Files.readAllBytes(tombstone)).getDestroyedMillis());
  }
}
