package io.strongroom.integration.faults;

import static org.assertj.core.api.Assertions.assertThat;
import static org.awaitility.Awaitility.await;

import io.strongroom.cluster.ClusterHsm;
import io.strongroom.cluster.NodeStatus;
import io.strongroom.integration.network.ProcessCluster;
import io.strongroom.integration.network.Proxy;
import io.strongroom.integration.network.Traffic;
import java.nio.file.Path;
import java.time.Duration;
import org.junit.jupiter.api.AfterAll;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Tag;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.TestInstance;
import org.junit.jupiter.api.extension.ExtendWith;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.EnumSource;

/** Networks that refuse, swallow, slow down and reset, under constant load. */
@ExtendWith(FaultSuite.class)
@TestInstance(TestInstance.Lifecycle.PER_CLASS)
@Tag("alone")
class NetworkFaultsTest {
  private static final int WARM_UP_ROUNDS = 60;

  private final Network network = new Network();
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
    cluster.heal();
  }

  @Test
  void zone_cutWithConnectionsRefused_failsNoOperation() throws Exception {
    experiment.run(
        "zone cut, connections refused",
        hsm -> {
          network.zone("a").forEach(Proxy::refuse);
          FaultCluster.awaitState(hsm, "a", NodeStatus.State.UNREACHABLE);
        },
        _ -> network.heal());
  }

  @Test
  void zone_cutWithPacketsDropped_failsNoOperation() throws Exception {
    experiment.run(
        "zone cut, packets dropped",
        hsm -> {
          network.zone("b").forEach(way -> way.traffic().silence());
          FaultCluster.awaitState(hsm, "b", NodeStatus.State.UNREACHABLE);
        },
        _ -> network.heal());
  }

  @Test
  void node_behindASlowLink_failsNoOperation() throws Exception {
    experiment.run(
        "one node's link 100 × slower",
        _ -> network.toNode("c").traffic().slow(Duration.ofMillis(100), 100_000),
        _ -> network.heal());
  }

  @ParameterizedTest
  @EnumSource
  void connection_resetInTheMiddleOfAMessage_failsNoOperation(Traffic.Direction direction)
      throws Exception {
    experiment.run(
        "connection reset mid-frame, " + direction.name().toLowerCase(java.util.Locale.ROOT),
        _ -> {
          for (String node : FaultCluster.NODES) {
            Traffic traffic = network.toNode(node).traffic();
            // Between two records of TLS there is no such byte: it is in the middle of one.
            traffic.breakAfter(direction, 1_001);
            await().atMost(FaultCluster.PATIENCE).until(() -> !traffic.willBreak());
          }
        },
        _ -> network.heal());
  }

  @Test
  void connection_whoseOtherHalfIsGone_failsNoOperation() throws Exception {
    experiment.run(
        "half-open connection",
        hsm -> {
          int before = FaultCluster.status(hsm, "a").ejections();
          network.toNode("a").forgetFarHalves();
          await()
              .atMost(FaultCluster.PATIENCE)
              .until(() -> FaultCluster.status(hsm, "a").ejections() > before);
        },
        _ -> network.heal());
  }

  @Test
  void nodes_cutOffFromEachOther_failNoOperation() throws Exception {
    experiment.run(
        "no node reaches its peers",
        _ ->
            FaultCluster.NODES.forEach(node ->
                network.zone(node).stream()
                    .filter(way -> way != network.toNode(node))
                    .forEach(Proxy::refuse)),
        _ -> network.heal());
    assertThat(network.zone("a")).hasSize(5);
  }
}
