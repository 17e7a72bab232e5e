package io.strongroom.integration.custody;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;
import static org.awaitility.Awaitility.await;

import io.strongroom.cluster.ClusterHsm;
import io.strongroom.cluster.NodeStatus;
import io.strongroom.custody.CmkDescription;
import io.strongroom.custody.CmkSpec;
import io.strongroom.custody.Custody;
import io.strongroom.custody.CustodyException;
import io.strongroom.custody.KeyRequest;
import io.strongroom.custody.KeyService;
import io.strongroom.custody.WrappingAlgorithm;
import io.strongroom.custody.WrappingKeySpec;
import io.strongroom.integration.faults.FaultCluster;
import io.strongroom.integration.faults.Ways;
import java.nio.file.Path;
import java.time.Clock;
import java.time.Duration;
import java.util.List;
import java.util.Map;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/** The life of keys in three tokens, each read by another PKCS#11 client. */
class KeyLifeInClusterTest {

  private static final Duration PATIENCE = Duration.ofSeconds(60);

  @TempDir Path folder;

  @Test
  void destroyedKey_oneNodeAway_isInNoTokenOnceThatIsBack() throws Exception {
    String store = "sqlite:" + folder.resolve("custody.db");
    Clock later = Clock.offset(Clock.systemUTC(), KeyService.MIN_DELETION_DELAY);
    try (FaultCluster cluster = FaultCluster.start(folder, Ways.DIRECT);
        ClusterHsm hsm = cluster.open()) {
      List<String> gone;
      CmkDescription kept;
      byte[] ciphertext;
      try (Custody custody = Custody.open(hsm, store, Clock.systemUTC())) {
        KeyService keys = custody.as("alice");
        requireNoEdwardsKeys(keys);
        kept = keys.createKey(KeyRequest.generated());
        String rotated = id(keys.createKey(KeyRequest.generated().withAlias("alias/gone")));
        keys.rotateKey(rotated);
        assertThat(keys.rotateKey(rotated).nodes()).hasSizeGreaterThanOrEqualTo(2);
        ciphertext = keys.encrypt(rotated, new byte[] {1}, Map.of()).encode();
        String signing = id(keys.createKey(KeyRequest.generated().withSpec(CmkSpec.ECC_NIST_P521)));
        String external = id(keys.createKey(KeyRequest.external()));
        keys.parametersForImport(
            external, WrappingAlgorithm.RSAES_OAEP_SHA_1, WrappingKeySpec.RSA_2048);
        gone = List.of("cmk/" + rotated, "cmk/" + signing, "custody/wrapping/");
        FaultCluster.awaitLevel(hsm);
        for (String node : FaultCluster.NODES) {
          // Three versions, a pair of two objects, and another.
          assertThat(of(cluster, node, gone)).as("objects of node " + node).hasSize(7);
        }
        List.of(rotated, signing, external)
            .forEach(key -> keys.scheduleDeletion(key, KeyService.MIN_DELETION_DELAY));
      }

      cluster.kill("c");
      FaultCluster.awaitState(hsm, "c", NodeStatus.State.UNREACHABLE);
      try (Custody custody = Custody.open(hsm, store, later)) {
        KeyService keys = custody.as("alice");
        assertThatThrownBy(() -> keys.decrypt(ciphertext, Map.of()))
            .isInstanceOf(CustodyException.NotFound.class)
            .hasMessageContaining("was destroyed on");
        assertThat(keys.listKeys()).extracting(CmkDescription::keyId).containsExactly(kept.keyId());
        assertThat(of(cluster, "a", gone)).isEmpty();
        assertThat(of(cluster, "b", gone)).isEmpty();
        assertThat(of(cluster, "c", gone)).as("objects of the node that is away").hasSize(7);

        cluster.start("c");
        await().atMost(PATIENCE).untilAsserted(() -> assertThat(of(cluster, "c", gone)).isEmpty());
        FaultCluster.awaitLevel(hsm);
        assertThat(keys.describe(id(kept)).nodes()).containsExactlyInAnyOrder("a", "b", "c");
      }
    }
  }

  private static void requireNoEdwardsKeys(KeyService keys) {
    assertThatThrownBy(
            () -> keys.createKey(KeyRequest.generated().withSpec(CmkSpec.ECC_NIST_EDWARDS25519)))
        .isInstanceOf(CustodyException.Refused.class)
        .hasMessageContainingAll("cannot be sealed", "one token only", "EC_256");
    assertThat(keys.listKeys()).isEmpty();
  }

  private static List<String> of(FaultCluster cluster, String node, List<String> prefixes)
      throws Exception {
    return OtherClient.labels(cluster.token(node)).stream()
        .filter(label -> prefixes.stream().anyMatch(label::startsWith))
        .toList();
  }

  private static String id(CmkDescription cmk) {
    return cmk.keyId().toString();
  }
}
