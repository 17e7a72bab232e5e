package io.strongroom.integration.faults;

import static org.assertj.core.api.Assertions.assertThat;
import static org.awaitility.Awaitility.await;

import io.strongroom.cluster.ClusterHsm;
import io.strongroom.cluster.NodeStatus;
import io.strongroom.hsm.Hsm;
import io.strongroom.softhsm.Fault;
import io.strongroom.softhsm.FaultyLibrary;
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
import org.junit.jupiter.params.provider.ValueSource;

/** Tokens and libraries that hang, fail, are reset and come back empty, under constant load. */
@ExtendWith(FaultSuite.class)
@TestInstance(TestInstance.Lifecycle.PER_CLASS)
@Tag("alone")
class TokenFaultsTest {
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
  void nativeCall_thatNeverReturns_failsNoOperationAndCostsTheNodeOneWorker() throws Exception {
    FaultyLibrary library = cluster.library("a");
    experiment.run(
        "a native call never returns",
        _ -> {
          library.set(Fault.on("C_Sign").hangs());
          await().atMost(FaultCluster.PATIENCE).until(() -> library.hanging() == 1);
        },
        _ -> assertThat(library.hanging()).isOne());
  }

  @Test
  void nativeCalls_allHanging_failNoOperation() throws Exception {
    experiment.run(
        "all native calls hang, then go on",
        hsm -> {
          cluster.library("b").set(Fault.on("*").always().hangs());
          FaultCluster.awaitState(hsm, "b", NodeStatus.State.UNREACHABLE);
        },
        _ -> cluster.library("b").clear());
  }

  @ParameterizedTest
  @ValueSource(
      strings = {
        "CKR_DEVICE_ERROR",
        "CKR_SESSION_HANDLE_INVALID",
        "CKR_DEVICE_MEMORY",
        "CKR_USER_NOT_LOGGED_IN"
      })
  void token_answeringAnErrorToEverything_failsNoOperation(String answer) throws Exception {
    experiment.run(
        "token answers " + answer + " to every call",
        _ -> cluster.library("c").set(Fault.on("*").always().returns(answer)),
        _ -> cluster.library("c").clear());
  }

  @Test
  void token_failingInOneFunctionOnly_failsNoOperation() throws Exception {
    experiment.run(
        "token answers CKR_DEVICE_ERROR to C_Sign only",
        _ -> cluster.library("a").set(Fault.on("C_Sign").always().returns("CKR_DEVICE_ERROR")),
        _ -> cluster.library("a").clear());
  }

  @Test
  void token_losingSessionsAndLogin_failsNoOperation() throws Exception {
    FaultyLibrary library = cluster.library("b");
    experiment.run(
        "token loses its sessions, then its login",
        _ ->
            library.set(
                Fault.on("C_SignInit").nth(2).losesSessions(),
                Fault.on("C_SignInit").nth(10).logsOut()),
        _ -> awaitFired(library, 1L, 1L));
  }

  @Test
  void library_finalisedUnderTheNode_failsNoOperation() throws Exception {
    FaultyLibrary library = cluster.library("a");
    experiment.run(
        "library finalised by someone else",
        _ -> library.set(Fault.on("C_SignInit").nth(2).finalises()),
        _ -> awaitFired(library, 1L));
  }

  private static void awaitFired(FaultyLibrary library, Long... times) {
    await()
        .atMost(FaultCluster.PATIENCE)
        .untilAsserted(() -> assertThat(library.fired()).containsExactly(times));
  }

  @Test
  void token_removedAndPutBack_failsNoOperation() throws Exception {
    experiment.run(
        "token removed, put back into another slot",
        hsm -> {
          cluster.library("c").set(Fault.on("C_SignInit").removesToken());
          FaultCluster.awaitState(hsm, "c", NodeStatus.State.EJECTED);
        },
        _ -> cluster.library("c").set(Fault.on("*").returnsToken()));
  }

  @Test
  void token_emptiedUnderTheNode_failsNoOperationAndGetsItsKeysBack() throws Exception {
    experiment.run(
        "keys deleted from the token by another program",
        _ -> {
          try (Hsm beside = Hsm.open(cluster.token("b").url())) {
            beside.keys().stream()
                .filter(key -> !key.label().startsWith("strongroom-"))
                .forEach(key -> beside.destroy(key.id()));
          }
        },
        _ -> {});
    try (ClusterHsm alone = cluster.open("b")) {
      assertThat(alone.keys()).isNotEmpty();
    }
  }

  @Test
  void token_resetAndRestoredFromAnOldBackup_failsNoOperationAndReopensItsSeals() throws Exception {
    experiment.run(
        "token reset (C_InitToken), old backup restored",
        hsm -> {
          cluster.token("c").reset();
          FaultCluster.awaitState(hsm, "c", NodeStatus.State.EJECTED);
        },
        _ -> {
          cluster.kill("c");
          cluster.restoreToken("c");
          cluster.start("c");
        });
  }

  @Test
  void token_ahundredTimesSlower_failsNoOperation() throws Exception {
    experiment.run(
        "one token 100 × slower (10 ms a call)",
        _ -> cluster.library("a").set(Fault.on("*").always().delays(Duration.ofMillis(10))),
        _ -> cluster.library("a").clear());
  }
}
