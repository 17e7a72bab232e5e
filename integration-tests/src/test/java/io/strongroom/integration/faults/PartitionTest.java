package io.strongroom.integration.faults;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;
import static org.awaitility.Awaitility.await;

import io.strongroom.cluster.ClusterHsm;
import io.strongroom.cluster.NodeStatus;
import io.strongroom.hsm.HsmException;
import io.strongroom.hsm.KeyId;
import io.strongroom.hsm.KeySpec;
import io.strongroom.hsm.KeyType;
import io.strongroom.integration.network.ProcessCluster;
import io.strongroom.integration.network.Proxy;
import java.io.IOException;
import java.io.UncheckedIOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.security.SecureRandom;
import java.util.List;
import java.util.stream.Stream;
import org.junit.jupiter.api.AfterAll;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Tag;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.TestInstance;
import org.junit.jupiter.api.extension.ExtendWith;
import org.junit.jupiter.api.io.TempDir;

/** Keys that are made and destroyed while the cluster is in two parts, under constant load. */
@ExtendWith(FaultSuite.class)
@TestInstance(TestInstance.Lifecycle.PER_CLASS)
@Tag("alone")
class PartitionTest {
  private static final int WARM_UP_ROUNDS = 60;

  private final Network network = new Network();
  private final KeyId id = KeyId.random(new SecureRandom());
  private final KeySpec spec = KeySpec.of(id, "made in parts " + id, KeyType.AES_256);
  private FaultCluster cluster;
  private Experiment experiment;

  @BeforeAll
  void start(@TempDir Path folder, FaultTable table) throws Exception {
    cluster = FaultCluster.start(folder, network);
    try (ClusterHsm hsm = ProcessCluster.open(cluster.files().hsmUrl())) {
      experiment =
          new Experiment(cluster, Workload.create(hsm).warmedUp(hsm, WARM_UP_ROUNDS), table);
    }
  }

  @AfterAll
  void end() {
    try (network) {
      cluster.close();
    }
  }

  @BeforeEach
  void heal() {
    network.heal();
  }

  @Test
  void create_inTheMinority_isRefusedAndLeavesNothing() throws Exception {
    KeyId refused = KeyId.random(new SecureRandom());
    experiment.run(
        "partition: client with one node, create refused",
        hsm -> {
          for (String node : List.of("a", "b")) {
            network.zone(node).forEach(Proxy::refuse);
            FaultCluster.awaitState(hsm, node, NodeStatus.State.UNREACHABLE);
          }
          assertThatThrownBy(() -> hsm.create(KeySpec.of(refused, "refused", KeyType.AES_256)))
              .isInstanceOf(HsmException.DeviceUnavailable.class)
              .hasMessageContaining("nothing was changed");
        },
        _ -> network.heal());
    for (String node : FaultCluster.NODES) {
      assertThat(filesOf(node, refused)).as("files at %s", node).isEmpty();
    }
  }

  @Test
  void create_inTheMajority_reachesTheMinorityWhenHealed() throws Exception {
    experiment.run(
        "partition: zone cut off, create by the others",
        hsm -> {
          cutOff(hsm, "c");
          hsm.create(spec);
          assertThat(hsm.key(id).locations()).containsExactly("a", "b");
        },
        hsm -> {
          network.heal();
          await()
              .atMost(FaultCluster.PATIENCE)
              .until(() -> hsm.key(id).locations().equals(FaultCluster.NODES));
        });
    assertThat(filesOf("c", id)).contains(id + ".seal");
  }

  @Test
  void destroy_whileAZoneIsCutOff_destroysItThereWhenHealed() throws Exception {
    KeyId doomed;
    try (ClusterHsm hsm = cluster.open()) {
      doomed = Workload.key(hsm, KeyType.AES_256);
    }
    experiment.run(
        "partition: zone cut off, destroy by the others",
        hsm -> {
          cutOff(hsm, "b");
          hsm.destroy(doomed);
          assertThat(filesOf("b", doomed)).contains(doomed + ".seal");
        },
        _ -> {
          network.heal();
          for (String node : FaultCluster.NODES) {
            await()
                .atMost(FaultCluster.PATIENCE)
                .untilAsserted(() ->
                    assertThat(filesOf(node, doomed))
                        .contains(doomed + ".tombstone")
                        .doesNotContain(doomed + ".seal"));
          }
        });
    try (ClusterHsm hsm = cluster.open()) {
      assertThatThrownBy(() -> hsm.key(doomed)).isInstanceOf(HsmException.KeyNotFound.class);
    }
  }

  private void cutOff(ClusterHsm hsm, String node) {
    network.zone(node).forEach(Proxy::refuse);
    FaultCluster.awaitState(hsm, node, NodeStatus.State.UNREACHABLE);
  }

  private List<String> filesOf(String node, KeyId key) {
    try (Stream<Path> files = Files.list(cluster.folder(node).resolve("seals"))) {
      return files
          .map(file -> file.getFileName().toString())
          .filter(name -> name.startsWith(key.toString()))
          .sorted()
          .toList();
    } catch (IOException e) {
      throw new UncheckedIOException(e);
    }
  }
}
