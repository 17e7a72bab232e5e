package io.strongroom.integration.faults;

import static org.assertj.core.api.Assertions.assertThat;

import io.strongroom.cluster.ClusterHsm;
import io.strongroom.cluster.NodeStatus;
import io.strongroom.softhsm.Fault;
import io.strongroom.softhsm.TokenProcess;
import java.nio.file.Path;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import org.junit.jupiter.api.AfterAll;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Tag;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.TestInstance;
import org.junit.jupiter.api.extension.ExtendWith;
import org.junit.jupiter.api.io.TempDir;

/** Node processes that die, hang and come back, under constant load. */
@ExtendWith(FaultSuite.class)
@TestInstance(TestInstance.Lifecycle.PER_CLASS)
@Tag("alone")
class ProcessFaultsTest {
  private FaultCluster cluster;
  private Workload workload;
  private Experiment experiment;

  @BeforeAll
  void start(@TempDir Path folder, FaultTable table) throws Exception {
    cluster = FaultCluster.start(folder, Ways.DIRECT);
    try (ClusterHsm hsm = cluster.open()) {
      workload = Workload.create(hsm);
      experiment = new Experiment(cluster, workload, table);
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

  @Test
  void client_killedAndRestarted_servesAgainAndDisturbsNoOther() throws Exception {
    experiment.run(
        "client process killed and restarted",
        _ -> {
          try (TokenProcess client = client()) {
            client.awaitLine(line -> line.startsWith("served "), FaultCluster.PATIENCE);
          }
        },
        _ -> {
          try (TokenProcess client = client()) {
            client.awaitLine(line -> line.startsWith("served "), FaultCluster.PATIENCE);
          }
        });
  }

  private TokenProcess client() {
    List<String> arguments = new ArrayList<>(workload.ids());
    arguments.addFirst(cluster.files().hsmUrl());
    return TokenProcess.start(
        cluster.token("a"), ClientMain.class, arguments.toArray(String[]::new));
  }

  @Test
  void certificates_expiringWhileConnected_failNoOperation() throws Exception {
    ShortLived certificates = new ShortLived(cluster.files(), Duration.ofSeconds(12));
    experiment.run(
        "certificates of client and node expire while connected",
        () -> {
          certificates.giveTo("b");
          return ClusterHsm.open(cluster.config().withIdentity(certificates.officer()));
        },
        _ -> {
          // As an agent does in good time; the node's is forgotten.
          certificates.renewOfficer();
          certificates.awaitEnd();
        },
        _ -> certificates.renew("b"));
  }
}
