package io.strongroom.integration.cluster;

import static java.nio.charset.StandardCharsets.UTF_8;
import static org.assertj.core.api.Assertions.assertThat;
import static org.awaitility.Awaitility.await;

import io.strongroom.cli.local.LocalCluster;
import io.strongroom.cli.local.NodePlace;
import io.strongroom.cluster.ClusterHsm;
import io.strongroom.cluster.NodeStatus;
import io.strongroom.custody.AliasRotation;
import io.strongroom.custody.Ciphertext;
import io.strongroom.custody.CmkDescription;
import io.strongroom.custody.Custody;
import io.strongroom.custody.KeyRequest;
import io.strongroom.custody.KeyService;
import io.strongroom.hsm.CipherAlgorithm;
import io.strongroom.hsm.Hsm;
import io.strongroom.hsm.HsmException;
import java.nio.file.Path;
import java.time.Clock;
import java.time.Duration;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Objects;
import java.util.Queue;
import org.junit.jupiter.api.AfterAll;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.Tag;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.TestInstance;
import org.junit.jupiter.api.condition.EnabledIf;
import org.junit.jupiter.api.io.TempDir;

/**
 * The main job's essence with a container per zone, each zone in a network of its own. Skipped,
 * with the reason, where no Docker engine answers; {@code .ci/run} starts one.
 */
@EnabledIf(
    value = "io.strongroom.integration.cluster.NodeImage#engineAnswers",
    disabledReason = "no Docker engine answers; start one, or run .ci/run, which does that")
@TestInstance(TestInstance.Lifecycle.PER_CLASS)
@Tag("alone")
class ContainerClusterTest {
  private static final Duration LIMIT = Duration.ofSeconds(90);
  private static final int OPERATIONS = 1_500;
  private static final byte[] MESSAGE = "4111 1111 1111 1111, 12/29".getBytes(UTF_8);
  private static final Map<String, String> CONTEXT = Map.of("tenant", "42");

  private LocalCluster cluster;
  private ZoneContainers containers;
  private ClusterHsm hsm;
  private Custody custody;

  @BeforeAll
  void startAContainerPerZone(@TempDir Path dir) throws Exception {
    containers = new ZoneContainers(NodeImage.build());
    Map<String, String> zones = new LinkedHashMap<>();
    List.of("a", "b", "c").forEach(name -> zones.put(name, "az-" + name));
    cluster =
        LocalCluster.create(
            dir.resolve("D"),
            new LocalCluster.Plan("containers", zones, FreePorts.consecutive(zones.size())),
            Clock.systemUTC(),
            _ -> {});
    for (NodePlace node : cluster.nodes()) {
      containers.start(node, cluster.nodes());
    }
    hsm =
        (ClusterHsm)
            await()
                .atMost(LIMIT)
                .ignoreExceptionsInstanceOf(HsmException.DeviceUnavailable.class)
                .until(() -> Hsm.open(cluster.hsmUrl()), Objects::nonNull);
    custody =
        Custody.open(hsm, "sqlite:" + cluster.folder().resolve("custody.db"), Clock.systemUTC());
    awaitLevel();
  }

  @AfterAll
  void endEverything() {
    try (ZoneContainers _ = containers;
        Hsm _ = hsm;
        Custody _ = custody) {
      // Closed in the opposite order; what was never opened is null.
    }
  }

  @Test
  void domainKey_ofEveryZone_hasTheSameCheckValue() {
    assertThat(hsm.status())
        .hasSize(3)
        .allSatisfy(node ->
            assertThat(node.token().domainCheckValue()).isEqualTo(cluster.domainCheckValue()));
  }

  @Test
  void keys_generatedAndImported_workInEveryZoneAlone() {
    CmkDescription generated = keys().createKey(KeyRequest.generated());
    CmkDescription imported = importedKey();
    awaitLevel();
    for (CmkDescription key : List.of(generated, imported)) {
      byte[] ciphertext = encrypt(keys(), key.keyId().toString());
      for (NodePlace node : cluster.nodes()) {
        assertThat(decryptAlone(node, ciphertext)).isEqualTo(MESSAGE);
      }
    }
  }

  @Test
  void zone_killedUnderLoad_failsNoOperationAndReturnsWithWhatItMissed() throws Exception {
    String alias = "alias/killed";
    CmkDescription first = importedKey();
    keys().createAlias(alias, first.keyId().toString());
    NodePlace victim = cluster.nodes().get(1);

    Queue<Throwable> failures =
        Load.run(OPERATIONS, () -> roundTrip(alias), () -> containers.kill(victim.name()));
    assertThat(failures).as(containers.logs()).isEmpty();

    byte[] old = encrypt(keys(), alias);
    String next = keys().createKey(KeyRequest.external()).keyId().toString();
    AliasRotation rotation =
        keys().rotateAlias(alias, ExternalMaterial.wrappedFor(keys(), next), false);
    byte[] fresh = encrypt(keys(), alias);
    assertThat(Ciphertext.parse(fresh).keyId()).isEqualTo(rotation.to());
    assertThat(keys().describe(alias).nodes()).doesNotContain(victim.name());

    containers.restart(victim.name());
    awaitLevel();
    assertThat(decryptAlone(victim, old)).isEqualTo(MESSAGE);
    assertThat(decryptAlone(victim, fresh)).isEqualTo(MESSAGE);
  }

  @Test
  void zone_hangingUnderLoad_failsNoOperationAndServesAgain() throws Exception {
    String key = keys().createKey(KeyRequest.generated()).keyId().toString();
    awaitLevel();
    NodePlace victim = cluster.nodes().getFirst();
    try {
      Queue<Throwable> failures =
          Load.run(OPERATIONS, () -> roundTrip(key), () -> containers.pause(victim.name()));
      assertThat(failures).as(containers.logs()).isEmpty();
    } finally {
      containers.resume(victim.name());
    }
    awaitLevel();
    assertThat(decryptAlone(victim, encrypt(keys(), key))).isEqualTo(MESSAGE);
  }

  @Test
  void zone_cutOffFromItsPeers_getsItsKeysAgainWhenJoined() {
    NodePlace victim = cluster.nodes().getLast();
    containers.kill(victim.name());
    CmkDescription key = keys().createKey(KeyRequest.generated());
    containers.disconnect(victim.name());
    containers.restart(victim.name());
    await().atMost(LIMIT).until(() -> status(victim).state() == NodeStatus.State.SERVING);
    assertThat(keys().describe(key.keyId().toString()).nodes()).doesNotContain(victim.name());

    containers.connect(victim);
    awaitLevel();
    assertThat(decryptAlone(victim, encrypt(keys(), key.keyId().toString()))).isEqualTo(MESSAGE);
  }

  private CmkDescription importedKey() {
    String id = keys().createKey(KeyRequest.external()).keyId().toString();
    return keys().importKeyMaterial(id, ExternalMaterial.wrappedFor(keys(), id));
  }

  private void roundTrip(String key) {
    assertThat(keys().decrypt(encrypt(keys(), key), CONTEXT)).isEqualTo(MESSAGE);
  }

  private static byte[] encrypt(KeyService keys, String key) {
    return keys.encrypt(key, MESSAGE, CONTEXT).encode();
  }

  /** In this node's token, asked directly: custody over one node would write its audit there. */
  private byte[] decryptAlone(NodePlace node, byte[] ciphertext) {
    Ciphertext parsed = Ciphertext.parse(ciphertext);
    String label = Ciphertext.hsmKeyLabel(parsed.keyId(), parsed.keyVersion());
    String url = cluster.hsmUrl() + "?nodes=" + node.name() + "&identity=" + cluster.user();
    try (Hsm alone = Hsm.open(url)) {
      return alone.decrypt(
          alone.key(label).id(),
          CipherAlgorithm.AesGcm.withIv(parsed.iv(), parsed.aad(CONTEXT)),
          parsed.sealed());
    }
  }

  private KeyService keys() {
    return custody.as("test");
  }

  private NodeStatus status(NodePlace node) {
    return hsm.status().stream()
        .filter(status -> status.name().equals(node.name()))
        .findFirst()
        .orElseThrow();
  }

  private void awaitLevel() {
    await()
        .atMost(LIMIT)
        .untilAsserted(() ->
            assertThat(hsm.status())
                .allSatisfy(node -> {
                  assertThat(node.state()).isEqualTo(NodeStatus.State.SERVING);
                  assertThat(node.missing()).isZero();
                }));
  }
}
