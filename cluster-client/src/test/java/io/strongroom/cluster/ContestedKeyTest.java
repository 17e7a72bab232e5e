package io.strongroom.cluster;

import static org.assertj.core.api.Assertions.assertThat;
import static org.awaitility.Awaitility.await;

import io.strongroom.hsm.CipherAlgorithm.AesEcb;
import io.strongroom.hsm.Hsm;
import io.strongroom.hsm.HsmException;
import io.strongroom.hsm.KeyId;
import io.strongroom.hsm.KeyInfo;
import io.strongroom.hsm.KeySpec;
import io.strongroom.hsm.KeyType;
import java.nio.file.Path;
import java.security.SecureRandom;
import java.time.Duration;
import java.time.Instant;
import java.util.HexFormat;
import java.util.List;
import java.util.concurrent.Callable;
import java.util.concurrent.ExecutorService;
import java.util.concurrent.Executors;
import java.util.concurrent.Future;
import java.util.stream.IntStream;
import org.junit.jupiter.api.AfterAll;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/** One id, made more than once at the same time or by a client that died in between. */
class ContestedKeyTest {

  private static final int ROUNDS = 6;
  private static final Duration PATIENCE = Duration.ofSeconds(60);

  @TempDir static Path folder;

  private static ProxiedCluster cluster;
  private final SecureRandom random = new SecureRandom();

  @BeforeAll
  static void start() throws Exception {
    cluster = new ProxiedCluster(folder);
  }

  @AfterAll
  static void stop() throws Exception {
    cluster.close();
  }

  @Test
  void create_repeatedWhileTheFirstIsUnderWay_findsItsKey() throws Exception {
    try (ClusterHsm hsm = open()) {
      for (int i = 0; i < ROUNDS; i++) {
        KeySpec spec = aes();
        List<Future<KeyInfo>> made = atOnce(() -> hsm.create(spec), () -> hsm.create(spec));
        for (Future<KeyInfo> each : made) {
          assertThat(each.get().id()).isEqualTo(spec.id());
        }
      }
    }
  }

  @Test
  void key_madeByTwoClientsAtOnce_isNotUndoneOnceAcknowledged() throws Exception {
    try (ClusterHsm one = open();
        ClusterHsm other = open()) {
      for (int i = 0; i < ROUNDS; i++) {
        KeySpec spec = aes();
        List<Future<KeyInfo>> made = atOnce(() -> one.create(spec), () -> other.create(spec));
        for (Future<KeyInfo> each : made) {
          if (each.state() == Future.State.SUCCESS) {
            requireOneKey(one, spec.id());
            requireOneKey(other, spec.id());
          } else {
            assertThat(each.exceptionNow()).isInstanceOf(HsmException.KeyExists.class);
          }
        }
      }
    }
  }

  @Test
  void key_madeAnewAfterItsFirstNodeWasLost_isTheOnlyOneWhenThatReturns() throws Exception {
    KeySpec spec = aes();
    cluster.stop("b");
    cluster.stop("c");
    // A client that takes one node for the cluster leaves what one that died in the middle leaves.
    try (ClusterHsm dying = ClusterHsm.open(alone("a"))) {
      dying.create(spec);
    }
    cluster.stop("a");
    cluster.start("b");
    cluster.start("c");
    try (ClusterHsm hsm = ClusterHsm.open(cluster.config())) {
      hsm.create(spec);
    }
    cluster.heal();
    try (ClusterHsm hsm = open()) {
      assertThat(hsm.key(spec.id()).locations()).contains("b", "c");
      requireOneKey(hsm, spec.id());
      // What one node took alone was never acknowledged: it gives way, and nothing is left of it.
      await().atMost(PATIENCE).until(() -> hsm.key(spec.id()).locations().size() == 3);
      assertThat(hsm.key(spec.label()).locations()).containsExactly("a", "b", "c");
      assertThat(hsm.report(Instant.now()).findings()).isEmpty();
      requireOneKey(hsm, spec.id());
      hsm.destroy(spec.id());
    }
    assertThat(folder.resolve("a/seals").toFile().list())
        .filteredOn(name -> name.startsWith(spec.id().toString()))
        .containsExactly(spec.id() + ".tombstone");
  }

  @Test
  void keys_ofWhichEitherMayHaveBeenAcknowledged_areBothKeptUntilOneIsDestroyed() {
    KeySpec spec = aes();
    byte[] first = createAtAlone("a", spec);
    byte[] second = createAtAlone("b", spec);
    assertThat(first).isNotEqualTo(second);
    cluster.heal();
    try (ClusterHsm hsm = open()) {
      // Node c takes a copy of one of them, which is no vote: the other may have been on c before.
      await()
          .atMost(PATIENCE)
          .until(() ->
              hsm.status().get(2).missing() == 0 && hsm.status().get(0).upkeep().contested() > 0);
      assertThat(hsm.report(Instant.now()).findings())
          .extracting(ClusterReport.Finding::kind)
          .contains(ClusterReport.Kind.KEYS_CONTESTED);
      assertThat(checkValueAt("a", spec)).isEqualTo(first);
      assertThat(checkValueAt("b", spec)).isEqualTo(second);
      hsm.destroy(spec.id());
      await().atMost(PATIENCE).until(() -> hsm.report(Instant.now()).findings().isEmpty());
    }
  }

  /** What a client leaves there that dies before another node has the key. */
  private byte[] createAtAlone(String node, KeySpec spec) {
    for (String other : List.of("a", "b", "c")) {
      if (cluster.runs(other) && !other.equals(node)) {
        cluster.stop(other);
      } else if (!cluster.runs(other) && other.equals(node)) {
        cluster.start(other);
      }
    }
    try (ClusterHsm dying = ClusterHsm.open(alone(node))) {
      dying.create(spec);
      return dying.checkValue(spec.id());
    }
  }

  private static byte[] checkValueAt(String node, KeySpec spec) {
    try (ClusterHsm hsm = ClusterHsm.open(alone(node))) {
      return hsm.checkValue(spec.id());
    }
  }

  /** Takes one node for the cluster. */
  private static ClusterConfig alone(String node) {
    ClusterConfig view = cluster.config().withNodes(List.of(node));
    return new ClusterConfig("demo", "", view.nodes(), view.tls(), 1, view.deadline());
  }

  @Test
  void key_madeByAnotherClientWhileABirthHangs_isNotUndone() throws Exception {
    KeySpec spec = aes();
    try (ClusterHsm one = ClusterHsm.open(cluster.config().withZone("az-a"));
        ClusterHsm other = ClusterHsm.open(cluster.config().withZone("az-b"));
        ExecutorService callers = Executors.newVirtualThreadPerTaskExecutor()) {
      cluster.proxy("a").hang();
      Future<KeyInfo> hanging = callers.submit(() -> one.create(spec));
      // Asks all nodes, the one that hangs too: by then the birth has begun there.
      other.status();
      other.create(spec);
      await().atMost(PATIENCE).until(hanging::isDone);
      assertThat(other.key(spec.id()).locations()).contains("b", "c");
      requireOneKey(other, spec.id());
    } finally {
      cluster.heal();
    }
    try (ClusterHsm hsm = open()) {
      await()
          .atMost(PATIENCE)
          .until(() -> hsm.key(spec.id()).locations().equals(List.of("a", "b", "c")));
      requireOneKey(hsm, spec.id());
    }
  }

  /** The same block gives the same result, whichever node does it. */
  private static void requireOneKey(Hsm hsm, KeyId id) {
    assertThat(IntStream.range(0, 16).mapToObj(_ -> encryptedZeros(hsm, id)).distinct()).hasSize(1);
  }

  private static String encryptedZeros(Hsm hsm, KeyId id) {
    return HexFormat.of().formatHex(hsm.encrypt(id, new AesEcb(), new byte[16]).bytes());
  }

  private static ClusterHsm open() {
    ClusterHsm hsm = ClusterHsm.open(cluster.config());
    await()
        .atMost(PATIENCE)
        .until(() -> hsm.status().stream().allMatch(n -> n.state() == NodeStatus.State.SERVING));
    return hsm;
  }

  private static List<Future<KeyInfo>> atOnce(Callable<KeyInfo> one, Callable<KeyInfo> other)
      throws InterruptedException {
    try (ExecutorService callers = Executors.newVirtualThreadPerTaskExecutor()) {
      return callers.invokeAll(List.of(one, other));
    }
  }

  private KeySpec aes() {
    KeyId id = KeyId.random(random);
    return KeySpec.of(id, "contested " + id, KeyType.AES_256);
  }
}
