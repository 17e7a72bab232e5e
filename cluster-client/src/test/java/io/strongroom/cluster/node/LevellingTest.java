package io.strongroom.cluster.node;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;
import static org.awaitility.Awaitility.await;

import io.strongroom.cluster.ClusterConfig;
import io.strongroom.cluster.ClusterHsm;
import io.strongroom.cluster.ClusterReport;
import io.strongroom.cluster.NodeStatus;
import io.strongroom.cluster.SyncReport;
import io.strongroom.hsm.HsmException;
import io.strongroom.hsm.KeyId;
import io.strongroom.hsm.KeyInfo;
import io.strongroom.hsm.KeySpec;
import io.strongroom.hsm.KeyType;
import java.nio.file.Path;
import java.security.SecureRandom;
import java.time.Duration;
import java.time.Instant;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;
import org.jspecify.annotations.Nullable;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/** Three nodes that know of no peers: what brings them level is the client alone. */
class LevellingTest {
  private static final Duration PATIENCE = Duration.ofSeconds(60);

  @TempDir Path root;

  private final SecureRandom random = new SecureRandom();
  private TestCluster cluster;
  private final List<HsmNode> nodes = new ArrayList<>();

  @BeforeEach
  void startThreeNodes() {
    cluster = new TestCluster(root);
    TestToken first = cluster.first("a");
    List<TestToken> tokens = List.of(first, cluster.joined("b", first), cluster.joined("c", first));
    tokens.forEach(token -> nodes.add(cluster.start(token)));
  }

  @AfterEach
  void endNodes() {
    nodes.forEach(HsmNode::close);
  }

  private ClusterHsm open(HsmNode... members) {
    List<ClusterConfig.Node> addresses =
        Arrays.stream(members)
            .map(n -> new ClusterConfig.Node(n.name(), "az", "127.0.0.1", n.address().getPort()))
            .toList();
    Path officer = root.resolve("officer-admin");
    ClusterConfig.Tls tls = new ClusterConfig.Tls(root.resolve("ca.crt"), officer, officer);
    ClusterHsm hsm =
        ClusterHsm.observe(
            new ClusterConfig(
                    TestCluster.NAME,
                    "",
                    addresses,
                    tls,
                    members.length / 2 + 1,
                    Duration.ofSeconds(15))
                .withIdentity(officer));
    await()
        .atMost(PATIENCE)
        .until(() -> hsm.status().stream().allMatch(n -> n.state() == NodeStatus.State.SERVING));
    return hsm;
  }

  private ClusterHsm openAll() {
    return open(nodes.toArray(HsmNode[]::new));
  }

  private KeyInfo create(ClusterHsm hsm, String label) {
    return hsm.create(KeySpec.of(KeyId.random(random), label, KeyType.AES_256));
  }

  private static List<ClusterReport.Kind> kinds(ClusterReport report) {
    return report.findings().stream().map(ClusterReport.Finding::kind).toList();
  }

  @Test
  void nodes_thatLackKeysAndTombstones_areToldOfAndBroughtLevelByASync() {
    KeyInfo kept;
    KeyInfo dead;
    try (ClusterHsm two = open(nodes.get(0), nodes.get(1))) {
      kept = create(two, "kept");
      dead = create(two, "dead");
      two.destroy(dead.id());
    }
    try (ClusterHsm hsm = openAll()) {
      assertThat(kinds(hsm.report(Instant.now())))
          .containsExactly(ClusterReport.Kind.KEYS_MISSING, ClusterReport.Kind.TOMBSTONES_MISSING);

      SyncReport planned = hsm.sync(true, _ -> {});
      assertThat(planned.isLevel()).isFalse();
      assertThat(planned.steps())
          .containsExactly(
              step(SyncReport.What.TOMBSTONE, dead.id(), null, SyncReport.Outcome.PLANNED),
              step(SyncReport.What.KEY, kept.id(), "kept", SyncReport.Outcome.PLANNED));
      assertThat(hsm.status().get(2).keys()).isZero();

      List<SyncReport.Step> told = new ArrayList<>();
      SyncReport done = hsm.sync(false, told::add);
      assertThat(done.isLevel()).isTrue();
      assertThat(done.steps())
          .isEqualTo(told)
          .containsExactly(
              step(SyncReport.What.TOMBSTONE, dead.id(), null, SyncReport.Outcome.BROUGHT),
              step(SyncReport.What.KEY, kept.id(), "kept", SyncReport.Outcome.BROUGHT));
      assertThat(hsm.report(Instant.now()).isHealthy()).isTrue();
      assertThat(hsm.key(kept.id()).locations()).containsExactly("a", "b", "c");
      assertThat(hsm.sync(false, _ -> {}).steps()).isEmpty();
    }
  }

  private static SyncReport.Step step(
      SyncReport.What what, KeyId id, @Nullable String label, SyncReport.Outcome outcome) {
    return new SyncReport.Step("c", what, id, label, outcome, null);
  }

  @Test
  void report_asNodesEnd_tellsOfThemAndThenOfTheLostQuorum() {
    try (ClusterHsm hsm = openAll()) {
      create(hsm, "one");
      assertThat(hsm.report(Instant.now()).findings()).isEmpty();

      nodes.get(2).close();
      await().atMost(PATIENCE).until(() -> !hsm.report(Instant.now()).isHealthy());
      ClusterReport without = hsm.report(Instant.now());
      assertThat(without.isWorking()).isTrue();
      assertThat(kinds(without)).containsExactly(ClusterReport.Kind.NODE_AWAY);
      SyncReport level = hsm.sync(false, _ -> {});
      assertThat(level.absent()).containsExactly("c");
      assertThat(level.isLevel()).isFalse();

      nodes.get(1).close();
      await().atMost(PATIENCE).until(() -> !hsm.report(Instant.now()).isWorking());
      ClusterReport lost = hsm.report(Instant.now());
      assertThat(kinds(lost))
          .containsExactly(
              ClusterReport.Kind.QUORUM_LOST,
              ClusterReport.Kind.NODE_AWAY,
              ClusterReport.Kind.NODE_AWAY);

      nodes.get(0).close();
      await()
          .atMost(PATIENCE)
          .untilAsserted(() ->
              assertThatThrownBy(() -> hsm.sync(false, _ -> {}))
                  .isInstanceOf(HsmException.DeviceUnavailable.class)
                  .hasMessageContaining("no node of cluster"));
    }
  }

  @Test
  void report_ofCertificatesThatRunOut_namesEachNode() {
    try (ClusterHsm hsm = openAll()) {
      Instant soon = Instant.now().plus(Duration.ofDays(800));
      assertThat(kinds(hsm.report(soon)))
          .hasSize(3)
          .containsOnly(ClusterReport.Kind.CERTIFICATE_EXPIRES);
    }
  }

  @Test
  void token_ofAnotherDomain_isToldOfAndTakesNoKey() {
    nodes.get(2).close();
    TestToken stranger = TestToken.createFirst(root, "x");
    cluster.authority().issueNode("x", stranger.folder());
    nodes.set(2, cluster.start(stranger));
    KeyInfo key;
    try (ClusterHsm two = open(nodes.get(0), nodes.get(1))) {
      key = create(two, "one");
    }
    try (ClusterHsm hsm = openAll()) {
      ClusterReport report = hsm.report(Instant.now());
      assertThat(report.isWorking()).isFalse();
      assertThat(kinds(report)).first().isEqualTo(ClusterReport.Kind.DOMAINS_DIFFER);

      SyncReport sync = hsm.sync(false, _ -> {});

      assertThat(sync.steps())
          .singleElement()
          .satisfies(step -> {
            assertThat(step.id()).isEqualTo(key.id());
            assertThat(step.outcome()).isEqualTo(SyncReport.Outcome.FAILED);
            assertThat(step.reason()).contains("another cluster");
          });
      assertThat(hsm.status().get(2).keys()).isZero();
    }
  }
}
