package io.strongroom.integration.faults;

import static org.assertj.core.api.Assertions.assertThat;

import io.strongroom.cluster.ClusterHsm;
import io.strongroom.cluster.NodeStatus;
import io.strongroom.softhsm.Fault;
import java.nio.file.Path;
import org.junit.jupiter.api.AfterAll;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.TestInstance;
import org.junit.jupiter.api.extension.ExtendWith;
import org.junit.jupiter.api.io.TempDir;

/** Node processes that die, hang and come back, under constant load. */
@ExtendWith(FaultSuite.class)
@TestInstance(TestInstance.Lifecycle.PER_CLASS)
class ProcessFaultsTest {
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
  void node_killedAndRestarted_failsNoOperation() throws Exception {
    experiment.run("kill -9, restart", _ -> cluster.kill("a"), _ -> cluster.start("a"));
  }

  @Test
  void node_stoppedAndContinued_failsNoOperation() throws Exception {
    experiment.run(
        "SIGSTOP, SIGCONT",
        hsm -> {
          cluster.stop("b");
          FaultCluster.awaitState(hsm, "b", NodeStatus.State.UNREACHABLE);
        },
        _ -> cluster.goOn("b"));
  }

  @Test
  void library_crashingInsideTheNode_failsNoOperation() throws Exception {
    experiment.run(
        "crash inside the PKCS#11 library, restart",
        _ -> {
          cluster.library("c").set(Fault.on("C_Sign").crashes());
          cluster.awaitEnd("c");
          assertThat(cluster.library("c").fired()).containsExactly(1L);
        },
        _ -> cluster.heal());
  }

  @Test
  void allNodes_restartedOneByOne_failNoOperation() throws Exception {
    experiment.run(
        "rolling restart of all three (SIGTERM)",
        hsm -> {
          for (String node : FaultCluster.NODES) {
            cluster.terminate(node);
            cluster.start(node);
            FaultCluster.awaitLevel(hsm);
          }
        },
        _ -> {});
  }
}
