package io.strongroom.integration.custody;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;
import static org.awaitility.Awaitility.await;

import io.strongroom.cluster.ClusterHsm;
import io.strongroom.cluster.NodeStatus;
import io.strongroom.custody.AliasRotation;
import io.strongroom.custody.CmkDescription;
import io.strongroom.custody.CmkSpec;
import io.strongroom.custody.Custody;
import io.strongroom.custody.CustodyException;
import io.strongroom.custody.KeyRequest;
import io.strongroom.custody.KeyService;
import io.strongroom.custody.MaterialImport;
import io.strongroom.custody.RotationRequest;
import io.strongroom.custody.WrappingAlgorithm;
import io.strongroom.custody.WrappingKeySpec;
import io.strongroom.hsm.KeyInfo;
import io.strongroom.integration.OtherClient;
import io.strongroom.integration.cluster.ExternalMaterial;
import io.strongroom.integration.faults.FaultCluster;
import io.strongroom.integration.faults.Ways;
import java.nio.file.Path;
import java.time.Clock;
import java.time.Duration;
import java.util.List;
import java.util.Map;
import org.junit.jupiter.api.AfterAll;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Tag;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/** The life of keys in three tokens, each read by another PKCS#11 client. */
@Tag("alone")
class KeyLifeInClusterTest {

  private static final String ALIAS = "alias/payments";
  private static final Duration PATIENCE = Duration.ofSeconds(60);

  @TempDir static Path folder;

  private static FaultCluster cluster;
  private static ClusterHsm hsm;

  @BeforeAll
  static void startCluster() throws Exception {
    cluster = FaultCluster.start(folder, Ways.DIRECT);
    hsm = cluster.open();
  }

  @AfterAll
  static void endCluster() {
    if (hsm != null) {
      hsm.close();
    }
    if (cluster != null) {
      cluster.close();
    }
  }

  @BeforeEach
  void healCluster() {
    cluster.heal();
    FaultCluster.awaitLevel(hsm);
  }

  @Test
  void destroyedKey_oneNodeAway_isInNoTokenOnceThatIsBack() throws Exception {
    String store = "sqlite:" + folder.resolve("destroyed.db");
    Clock later = Clock.offset(Clock.systemUTC(), KeyService.MIN_DELETION_DELAY);
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
      List<String> before = wrappingKeys();
      keys.parametersForImport(
          external, WrappingAlgorithm.RSAES_OAEP_SHA_1, WrappingKeySpec.RSA_2048);
      String wrapping =
          wrappingKeys().stream()
              .filter(label -> !before.contains(label))
              .findFirst()
              .orElseThrow();
      gone = List.of("cmk/" + rotated, "cmk/" + signing, wrapping);
      FaultCluster.awaitLevel(hsm);
      for (String node : FaultCluster.NODES) {
        // Three versions, a pair of two objects, and another.
        assertThat(of(node, gone)).as("objects of node " + node).hasSize(7);
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
      assertThat(of("a", gone)).isEmpty();
      assertThat(of("b", gone)).isEmpty();
      assertThat(of("c", gone)).as("objects of the node that is away").hasSize(7);

      cluster.start("c");
      await().atMost(PATIENCE).untilAsserted(() -> assertThat(of("c", gone)).isEmpty());
      FaultCluster.awaitLevel(hsm);
      assertThat(keys.describe(id(kept)).nodes()).containsExactlyInAnyOrder("a", "b", "c");
    }
  }

  @Test
  void rotateAlias_allNodesThenTwoThenOne_isDoneByAQuorumAndElseRefusedWithNothingLeft()
      throws Exception {
    String store = "sqlite:" + folder.resolve("rotated.db");
    try (Custody custody = Custody.open(hsm, store, Clock.systemUTC())) {
      KeyService keys = custody.as("alice");
      String first = id(keys.createKey(KeyRequest.generated().withAlias(ALIAS)));
      byte[] old = keys.encrypt(ALIAS, new byte[] {1}, Map.of()).encode();
      String prepared = id(keys.createKey(KeyRequest.generated()));
      FaultCluster.awaitLevel(hsm);
      assertThat(keys.rotateAliasTo(ALIAS, prepared, false).verified())
          .containsExactlyInAnyOrderElementsOf(FaultCluster.NODES);
      assertThat(custody.audit().tail(1).getFirst().nodes())
          .containsExactlyInAnyOrderElementsOf(FaultCluster.NODES);
      assertThat(keys.rotateAlias(ALIAS, RotationRequest.toGenerated().withDryRun(true)).verified())
          .hasSizeGreaterThanOrEqualTo(2);

      cluster.kill("c");
      FaultCluster.awaitState(hsm, "c", NodeStatus.State.UNREACHABLE);
      MaterialImport material =
          ExternalMaterial.wrappedFor(keys, id(keys.createKey(KeyRequest.external())));
      assertThat(keys.rotateAlias(ALIAS, material, true).verified()).hasSize(2);
      assertThat(keys.rotateAlias(ALIAS, material, false).verified())
          .containsExactlyInAnyOrder("a", "b");
      keys.rotateAlias(ALIAS, RotationRequest.undo());
      AliasRotation made = keys.rotateAlias(ALIAS, RotationRequest.toGenerated());
      assertThat(made.verified()).containsExactlyInAnyOrder("a", "b");
      assertThat(keys.decrypt(old, Map.of())).containsExactly(1);

      MaterialImport unused =
          ExternalMaterial.wrappedFor(keys, id(keys.createKey(KeyRequest.external())));
      List<String> held = of("a", List.of("cmk/"));
      int known = keys.listKeys().size();
      cluster.kill("b");
      FaultCluster.awaitState(hsm, "b", NodeStatus.State.UNREACHABLE);
      for (RotationRequest request :
          List.of(
              RotationRequest.toGenerated(),
              RotationRequest.toImported(unused),
              RotationRequest.toKey(first),
              RotationRequest.undo())) {
        assertThatThrownBy(() -> keys.rotateAlias(ALIAS, request))
            .as(request.toString())
            .isInstanceOf(CustodyException.Unavailable.class)
            .hasMessageContaining("1 of 3");
      }
      assertThat(keys.describe(ALIAS).keyId()).isEqualTo(made.to());
      assertThat(keys.listKeys()).hasSize(known);
      assertThat(of("a", List.of("cmk/"))).containsExactlyInAnyOrderElementsOf(held);
    }
  }

  private static void requireNoEdwardsKeys(KeyService keys) {
    assertThatThrownBy(
            () -> keys.createKey(KeyRequest.generated().withSpec(CmkSpec.ECC_NIST_EDWARDS25519)))
        .isInstanceOf(CustodyException.Refused.class)
        .hasMessageContainingAll("cannot be sealed", "one token only", "EC_256");
    assertThat(keys.listKeys()).isEmpty();
  }

  private static List<String> wrappingKeys() {
    return hsm.keys().stream()
        .map(KeyInfo::label)
        .filter(label -> label.startsWith("custody/wrapping/"))
        .toList();
  }

  private static List<String> of(String node, List<String> prefixes) throws Exception {
    return OtherClient.labels(cluster.token(node)).stream()
        .filter(label -> prefixes.stream().anyMatch(label::startsWith))
        .toList();
  }

  private static String id(CmkDescription cmk) {
    return cmk.keyId().toString();
  }
}
