package io.strongroom.integration.faults;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import io.strongroom.cluster.ClusterHsm;
import io.strongroom.cluster.NodeStatus;
import io.strongroom.hsm.Hsm;
import io.strongroom.hsm.HsmException;
import io.strongroom.hsm.KeyId;
import io.strongroom.hsm.KeySpec;
import io.strongroom.hsm.KeyType;
import java.nio.file.Path;
import java.security.SecureRandom;
import org.junit.jupiter.api.AfterAll;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Tag;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.TestInstance;
import org.junit.jupiter.api.extension.ExtendWith;
import org.junit.jupiter.api.io.TempDir;

/** Keys that are made and deleted while nodes are away, under constant load. */
@ExtendWith(FaultSuite.class)
@TestInstance(TestInstance.Lifecycle.PER_CLASS)
@Tag("alone")
class KeyFaultsTest {
  private FaultCluster cluster;
  private Experiment experiment;

  @BeforeAll
  void start(@TempDir Path folder, FaultTable table) throws Exception {
    cluster = FaultCluster.start(folder, Ways.DIRECT);
    try (ClusterHsm hsm = cluster.open()) {
      experiment = new Experiment(cluster, Workload.create(hsm), table);
    }
  }

  @AfterAll
  void end() {
    cluster.close();
  }

  @BeforeEach
  void heal() {
    cluster.heal();
  }

  @Test
  void keyCreated_whileANodeIsAway_isInItsTokenWhenItIsBack() throws Exception {
    KeySpec spec = newKey();
    experiment.run(
        "key created while a node is away",
        hsm -> {
          kill("b", hsm);
          assertThat(hsm.create(spec).locations()).containsExactly("a", "c");
        },
        _ -> cluster.start("b"));
    try (ClusterHsm alone = cluster.open("b");
        ClusterHsm all = cluster.open()) {
      assertThat(alone.checkValue(spec.id())).isEqualTo(all.checkValue(spec.id()));
    }
  }

  /** And the client has seen it: of what it begins at that moment the outcome is not known. */
  private void kill(String node, ClusterHsm hsm) {
    cluster.kill(node);
    FaultCluster.awaitState(hsm, node, NodeStatus.State.UNREACHABLE);
  }

  @Test
  void keyDeleted_whileANodeIsAway_doesNotComeBackWithIt() throws Exception {
    KeySpec spec = newKey();
    experiment.run(
        "key deleted while a node is away",
        hsm -> {
          hsm.create(spec);
          FaultCluster.awaitLevel(hsm);
          kill("c", hsm);
          hsm.destroy(spec.id());
        },
        _ -> cluster.start("c"));
    try (ClusterHsm alone = cluster.open("c")) {
      assertThatThrownBy(() -> alone.checkValue(spec.id()))
          .isInstanceOf(HsmException.KeyNotFound.class);
    }
    assertInNoToken(spec.id());
  }

  @Test
  void key_createdBelowTheQuorum_isRefusedWhileReadsGoOnAndLeavesNothing() throws Exception {
    KeySpec spec = newKey();
    experiment.run(
        "two of three nodes down",
        hsm -> {
          kill("a", hsm);
          kill("b", hsm);
          assertThatThrownBy(() -> hsm.create(spec))
              .isInstanceOf(HsmException.DeviceUnavailable.class)
              .hasMessageContaining("1 of 3 nodes");
        },
        _ -> cluster.heal());
    try (ClusterHsm hsm = cluster.open()) {
      assertThat(hsm.keys()).noneMatch(key -> key.id().equals(spec.id()));
    }
    assertInNoToken(spec.id());
  }

  /** Looks beside the nodes, with another process's eyes so to speak. */
  private void assertInNoToken(KeyId id) {
    for (String node : FaultCluster.NODES) {
      try (Hsm beside = Hsm.open(cluster.token(node).url())) {
        assertThat(beside.keys()).as("keys of token %s", node).isNotEmpty();
        assertThat(beside.keys()).noneMatch(key -> key.id().equals(id));
      }
    }
  }

  private static KeySpec newKey() {
    KeyId id = KeyId.random(new SecureRandom());
    return KeySpec.of(id, "key " + id, KeyType.AES_256);
  }
}
