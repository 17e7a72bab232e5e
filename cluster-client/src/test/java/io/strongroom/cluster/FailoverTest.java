package io.strongroom.cluster;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;
import static org.awaitility.Awaitility.await;

import io.strongroom.hsm.CipherAlgorithm.AesGcm;
import io.strongroom.hsm.Encrypted;
import io.strongroom.hsm.HsmException;
import io.strongroom.hsm.KeyId;
import io.strongroom.hsm.KeySpec;
import io.strongroom.hsm.KeyType;
import java.nio.file.Path;
import java.security.SecureRandom;
import java.time.Duration;
import java.util.HexFormat;
import java.util.List;
import java.util.concurrent.ExecutorService;
import java.util.concurrent.Executors;
import java.util.concurrent.Future;
import java.util.concurrent.ScheduledExecutorService;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.atomic.AtomicBoolean;
import java.util.concurrent.atomic.AtomicLong;
import java.util.stream.IntStream;
import org.junit.jupiter.api.AfterAll;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

/** Nodes that die, hang, are cut off and come back, under load from 64 callers. */
class FailoverTest {

  private static final int CALLERS = 64;
  private static final Duration PATIENCE = Duration.ofSeconds(60);

  @TempDir static Path folder;

  private static ProxiedCluster cluster;
  private static KeyId key;
  private ClusterHsm hsm;

  @BeforeAll
  static void start() throws Exception {
    cluster = new ProxiedCluster(folder);
    try (ClusterHsm first = ClusterHsm.open(cluster.config())) {
      key = KeyId.random(new SecureRandom());
      first.create(KeySpec.of(key, "load", KeyType.AES_256));
      await().atMost(PATIENCE).until(() -> first.key(key).locations().size() == 3);
    }
  }

  @AfterAll
  static void stop() throws Exception {
    cluster.close();
  }

  @BeforeEach
  void open() {
    cluster.heal();
    hsm = ClusterHsm.open(cluster.config());
    // Level, too: what is missing at a node is counted from here on.
    await()
        .atMost(PATIENCE)
        .until(() -> serving() == 3 && hsm.status().stream().allMatch(n -> n.missing() == 0));
  }

  /** A client whose operations are over soon. */
  private static ClusterHsm openWithDeadline(Duration deadline) {
    return openWhole(cluster.config(deadline));
  }

  /** A client that has found all nodes. */
  private static ClusterHsm openWhole(ClusterConfig config) {
    ClusterHsm opened = ClusterHsm.open(config);
    await().atMost(PATIENCE).until(() -> serving(opened) == 3);
    return opened;
  }

  @AfterEach
  void close() {
    hsm.close();
  }

  @Test
  void load_whileANodeDiesAndReturns_hasNoFailure() throws Exception {
    try (Load load = new Load()) {
      load.awaitDone(500);
      cluster.kill("b");
      load.awaitDone(2000);
      cluster.heal();
      await().atMost(PATIENCE).until(() -> serving() == 3);
      load.awaitDone(500);
    }
  }

  @Test
  void load_whileANodeIsStoppedInOrder_hasNoFailure() throws Exception {
    try (Load load = new Load()) {
      load.awaitDone(500);
      cluster.stop("a");
      load.awaitDone(1000);
    }
  }

  @Test
  void load_whileConnectionsAreReset_hasNoFailure() throws Exception {
    try (Load load = new Load()) {
      for (String name : List.of("a", "b", "c", "a")) {
        load.awaitDone(300);
        cluster.proxy(name).reset();
      }
      await().atMost(PATIENCE).until(() -> serving() == 3);
    }
  }

  @Test
  void load_whileANodeHangs_hasNoFailure() throws Exception {
    try (Load load = new Load()) {
      load.awaitDone(500);
      cluster.proxy("c").hang();
      load.awaitDone(2000);
      await().atMost(PATIENCE).until(() -> serving() == 2);
      cluster.proxy("c").goOn();
      await().atMost(PATIENCE).until(() -> serving() == 3);
    }
  }

  @Test
  void operation_whileTheOwnZoneHangs_takesNoMoreThanAPartOfTheDeadline() {
    Duration deadline = Duration.ofSeconds(6);
    try (ClusterHsm near = openWhole(cluster.config(deadline).withZone("az-a"))) {
      cluster.proxy("a").hang();
      long start = System.nanoTime();
      assertThat(near.random(16)).hasSize(16);
      assertThat(Duration.ofNanos(System.nanoTime() - start)).isLessThan(deadline);
    }
  }

  @Test
  void operation_whileAllNodesHang_endsAtTheDeadline() {
    try (ClusterHsm brief = openWithDeadline(Duration.ofSeconds(3))) {
      List.of("a", "b", "c").forEach(n -> cluster.proxy(n).hang());
      long start = System.nanoTime();
      assertThatThrownBy(() -> brief.encrypt(key, AesGcm.withDeviceIv(new byte[0]), new byte[16]))
          .isInstanceOfAny(
              HsmException.DeadlineExceeded.class, HsmException.DeviceUnavailable.class);
      assertThat(Duration.ofNanos(System.nanoTime() - start))
          .isBetween(Duration.ofMillis(2500), PATIENCE);
    }
  }

  @Test
  void operation_whileNoNodeCanBeReached_waitsForOneToReturn() throws Exception {
    // Long enough for all of it on a busy machine.
    try (ClusterHsm patient = ClusterHsm.open(cluster.config(PATIENCE));
        ExecutorService callers = Executors.newVirtualThreadPerTaskExecutor()) {
      List.of("a", "b", "c").forEach(n -> cluster.proxy(n).cut());
      await()
          .atMost(PATIENCE)
          .until(() ->
              patient.status().stream().noneMatch(n -> n.state() == NodeStatus.State.SERVING));
      Future<byte[]> waiting = callers.submit(() -> patient.random(16));
      cluster.proxy("b").mend();
      assertThat(waiting.get(PATIENCE.toSeconds(), TimeUnit.SECONDS)).hasSize(16);
    }
  }

  @Test
  void operation_withNodesAwayForLong_failsFastAndSaysWhy() {
    Duration deadline = Duration.ofSeconds(3);
    try (ClusterHsm brief = openWithDeadline(deadline)) {
      List.of("a", "b", "c").forEach(n -> cluster.proxy(n).cut());
      await()
          .atMost(PATIENCE)
          .untilAsserted(() -> {
            long start = System.nanoTime();
            assertThatThrownBy(() -> brief.random(16))
                .isInstanceOf(HsmException.DeviceUnavailable.class)
                .hasMessageContainingAll("\"a\"", "\"b\"", "\"c\"");
            assertThat(Duration.ofNanos(System.nanoTime() - start))
                .isLessThan(deadline.dividedBy(3));
          });
    }
  }

  @Test
  void operations_beyondWhatMayWait_areThrottled() throws Exception {
    List.of("a", "b", "c").forEach(n -> cluster.proxy(n).hang());
    try (ExecutorService callers = Executors.newVirtualThreadPerTaskExecutor()) {
      List<Future<byte[]>> all =
          IntStream.range(0, 6000).mapToObj(i -> callers.submit(() -> hsm.random(1))).toList();
      await().atMost(PATIENCE).until(() -> all.stream().filter(Future::isDone).count() >= 1000);
      assertThat(all.stream().filter(f -> f.state() == Future.State.FAILED).limit(1000))
          .allSatisfy(f -> assertThat(f.exceptionNow()).isInstanceOf(HsmException.Throttled.class));
      // Those that wait need not wait in vain.
      cluster.heal();
    }
  }

  @Test
  void returnedNode_getsWhatItMissed() {
    kill("b");
    KeyId missed = KeyId.random(new SecureRandom());
    hsm.create(KeySpec.of(missed, "missed " + missed, KeyType.AES_256));
    assertThat(hsm.key(missed).locations()).containsExactly("a", "c");
    NodeStatus away = hsm.status().get(1);
    assertThat(away.state()).isEqualTo(NodeStatus.State.UNREACHABLE);
    assertThat(away.missing()).isEqualTo(1);
    assertThat(away.lastFailure()).contains("\"b\"");
    cluster.heal();
    await()
        .atMost(PATIENCE)
        .untilAsserted(() -> {
          NodeStatus back = hsm.status().get(1);
          assertThat(back.state()).isEqualTo(NodeStatus.State.SERVING);
          assertThat(back.missing()).isZero();
        });
    assertThat(hsm.key(missed).locations()).containsExactly("a", "b", "c");
  }

  /** And the client has seen it: of what it begins at that moment the outcome is not known. */
  private void kill(String name) {
    cluster.kill(name);
    await().atMost(PATIENCE).until(() -> serving() == 2);
  }

  @Test
  void keyOnSomeNodesOnly_isUsedThere() {
    kill("a");
    KeyId partial = KeyId.random(new SecureRandom());
    hsm.create(KeySpec.of(partial, "partial " + partial, KeyType.AES_256));
    try (ClusterHsm near = ClusterHsm.open(cluster.config().withZone("az-a"))) {
      cluster.start("a");
      IntStream.range(0, 20).forEach(i -> near.checkValue(partial));
      assertThat(near.checkValue(partial)).isEqualTo(hsm.checkValue(partial));
    }
  }

  @Test
  void key_thatOnlyNodesOutOfReachHold_isNotSaidToBeMissing() {
    cluster.kill("c");
    KeyId id = KeyId.random(new SecureRandom());
    try (ClusterHsm other = ClusterHsm.open(cluster.config())) {
      other.create(KeySpec.of(id, "out of reach " + id, KeyType.AES_256));
    }
    cluster.proxy("a").cut();
    cluster.proxy("b").cut();
    cluster.start("c");
    await()
        .atMost(PATIENCE)
        .until(() ->
            hsm.status().stream()
                .map(NodeStatus::state)
                .toList()
                .equals(
                    List.of(
                        NodeStatus.State.UNREACHABLE,
                        NodeStatus.State.UNREACHABLE,
                        NodeStatus.State.SERVING)));
    assertThatThrownBy(() -> hsm.checkValue(id)).isInstanceOf(HsmException.DeviceUnavailable.class);
  }

  @ParameterizedTest
  @ValueSource(ints = {0, 5, 10, 20, 40, 80})
  void create_cutOffFromItsFirstNodeAtAnyMoment_isWholeOrNothing(int millis) throws Exception {
    KeyId id = KeyId.random(new SecureRandom());
    KeySpec spec = KeySpec.of(id, "cut " + id, KeyType.AES_256);
    boolean created = createCutOff(spec, millis);
    cluster.heal();
    await().atMost(PATIENCE).until(() -> serving() == 3);
    if (created) {
      await().atMost(PATIENCE).until(() -> hsm.key(id).locations().size() == 3);
      assertThat(List.of("a", "b", "c").stream().map(n -> checkValueAt(n, id)).distinct())
          .hasSize(1);
    } else {
      await()
          .atMost(PATIENCE)
          .untilAsserted(() -> assertThat(hsm.keys()).noneMatch(k -> k.id().equals(id)));
      assertThat(hsm.status()).allMatch(n -> n.missing() == 0);
    }
  }

  /** Creates from zone az-a and cuts that zone's node off so long after the beginning. */
  private static boolean createCutOff(KeySpec spec, int millis) throws Exception {
    try (ClusterHsm near = openWhole(cluster.config().withZone("az-a"));
        ScheduledExecutorService timer = Executors.newSingleThreadScheduledExecutor()) {
      Future<?> cut = timer.schedule(() -> cluster.proxy("a").cut(), millis, TimeUnit.MILLISECONDS);
      try {
        near.create(spec);
        return true;
      } catch (HsmException.DeviceUnavailable e) {
        // Its peers may have learnt of it before it was cut off: then it is whole.
        boolean elsewhere = e.text().contains("a key with its id was found");
        assertThat(e)
            .hasMessageContainingAll("node \"a\"", elsewhere ? "call it again" : "choose a new id");
        return elsewhere;
      } finally {
        cut.get(10, TimeUnit.SECONDS);
      }
    }
  }

  private static String checkValueAt(String node, KeyId id) {
    try (ClusterHsm one = ClusterHsm.open(cluster.config().withNodes(List.of(node)))) {
      return HexFormat.of().formatHex(one.checkValue(id));
    }
  }

  private long serving() {
    return serving(hsm);
  }

  private static long serving(ClusterHsm at) {
    return at.status().stream().filter(n -> n.state() == NodeStatus.State.SERVING).count();
  }

  /** Callers that encrypt and decrypt until closed; closing fails with the first failure. */
  private final class Load implements AutoCloseable {

    private final AtomicBoolean ends = new AtomicBoolean();
    private final AtomicLong done = new AtomicLong();
    private final ExecutorService callers = Executors.newVirtualThreadPerTaskExecutor();
    private final List<Future<?>> all =
        IntStream.range(0, CALLERS).<Future<?>>mapToObj(i -> callers.submit(this::run)).toList();

    private void run() {
      byte[] text = new byte[256];
      while (!ends.get()) {
        Encrypted encrypted = hsm.encrypt(key, AesGcm.withDeviceIv(new byte[0]), text);
        byte[] back =
            hsm.decrypt(key, AesGcm.withIv(encrypted.iv(), new byte[0]), encrypted.bytes());
        assertThat(back).isEqualTo(text);
        done.incrementAndGet();
      }
    }

    /** Waits until so many more are done. */
    void awaitDone(int more) {
      long target = done.get() + more;
      await()
          .atMost(PATIENCE)
          .until(() -> done.get() >= target || all.stream().anyMatch(Future::isDone));
    }

    @Override
    public void close() throws Exception {
      ends.set(true);
      for (Future<?> caller : all) {
        caller.get(30, TimeUnit.SECONDS);
      }
      callers.close();
    }
  }
}
