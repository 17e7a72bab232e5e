package io.strongroom.cluster;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;
import static org.awaitility.Awaitility.await;

import io.strongroom.hsm.CipherAlgorithm.AesGcm;
import io.strongroom.hsm.Digest;
import io.strongroom.hsm.Encrypted;
import io.strongroom.hsm.HsmException;
import io.strongroom.hsm.KeyId;
import io.strongroom.hsm.KeySpec;
import io.strongroom.hsm.KeyType;
import io.strongroom.hsm.MacAlgorithm;
import io.strongroom.softhsm.Fault;
import java.nio.file.Path;
import java.security.SecureRandom;
import java.time.Duration;
import java.util.List;
import java.util.concurrent.ExecutorService;
import java.util.concurrent.Executors;
import java.util.concurrent.Future;
import java.util.stream.IntStream;
import org.junit.jupiter.api.AfterAll;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

/** How a client's routing takes tokens that fail, are slow, or lack a key; and too much work. */
class RoutingTest {

  private static final Duration PATIENCE = Duration.ofSeconds(60);
  private static final int INPUT_BYTES = 512 * 1024;

  @TempDir static Path folder;

  private static ProxiedCluster cluster;
  private static KeyId key;
  private static KeyId cipherKey;

  @BeforeAll
  static void start() throws Exception {
    cluster = new ProxiedCluster(folder, true);
    try (ClusterHsm hsm = open(cluster.config())) {
      key = create(hsm, "mac", KeyType.secret(256));
      cipherKey = create(hsm, "cipher", KeyType.AES_256);
    }
  }

  private static KeyId create(ClusterHsm hsm, String label, KeyType type) {
    KeyId id = KeyId.random(new SecureRandom());
    hsm.create(KeySpec.of(id, label, type));
    await().atMost(PATIENCE).until(() -> hsm.key(id).locations().size() == 3);
    return id;
  }

  @AfterAll
  static void stop() throws Exception {
    cluster.close();
  }

  @AfterEach
  void heal() {
    cluster.heal();
  }

  @Test
  void load_onATokenThatFails_isDoneElsewhere_andComesBackGently() {
    try (ClusterHsm hsm = open(cluster.config().withZone("az-c"))) {
      cluster.library("c").set(Fault.on("*").always().returns("CKR_DEVICE_ERROR"));
      macs(hsm, 20);
      RoutingStats failing = hsm.routing();
      assertThat(failing.retries()).isLessThanOrEqualTo(20);
      assertThat(failing.attempts()).isEqualTo(20 + failing.retries());
      await().atMost(PATIENCE).until(() -> !node(hsm, "c").serving());
      assertThat(node(hsm, "c").failures()).isPositive();
      assertThat(node(hsm, "c").ejections()).isEqualTo(1);
      cluster.library("c").clear();
      // As it is when it is first seen again: its share grows from then on.
      RoutingStats.Node back =
          await()
              .atMost(PATIENCE)
              .pollInterval(Duration.ofMillis(20))
              .until(() -> node(hsm, "c"), RoutingStats.Node::serving);
      assertThat(back.share()).isBetween(0.1, 0.99);
      assertThat(back.limit()).isLessThan(64);
      await()
          .atMost(PATIENCE)
          .untilAsserted(() -> {
            macs(hsm, 20);
            assertThat(node(hsm, "c").share()).isEqualTo(1);
          });
    }
  }

  @ParameterizedTest
  @ValueSource(strings = {"CKR_PIN_EXPIRED", "CKR_USER_TYPE_INVALID", "CKR_USER_NOT_LOGGED_IN"})
  void operation_onATokenThatRefusesItsOwnNode_isDoneElsewhere(String answer) {
    try (ClusterHsm hsm = open(cluster.config().withZone("az-c"))) {
      cluster.library("c").set(Fault.on("C_SignInit").always().returns(answer));
      macs(hsm, 5);
    }
  }

  @Test
  void operation_withACallersMistake_takesNoNodeOut() {
    try (ClusterHsm hsm = open(cluster.config())) {
      for (int i = 0; i < 50; i++) {
        assertThatThrownBy(
                () -> hsm.decrypt(key, AesGcm.withIv(new byte[0], new byte[0]), new byte[1]))
            .isInstanceOfAny(HsmException.BadInput.class, HsmException.AuthenticationFailed.class);
      }
      assertThat(hsm.routing().nodes())
          .allSatisfy(n -> {
            assertThat(n.ejections()).isZero();
            assertThat(n.failures()).isZero();
          });
    }
  }

  @Test
  void token_thatCallsGoodTagsWrong_isContradictedAndPassedBy() {
    byte[] text = {1, 2, 3};
    try (ClusterHsm hsm = open(cluster.config().withZone("az-c"))) {
      Encrypted sealed = hsm.encrypt(cipherKey, AesGcm.withDeviceIv(new byte[0]), text);
      AesGcm same = AesGcm.withIv(sealed.iv(), new byte[0]);
      cluster.library("c").set(Fault.on("C_Decrypt").always().returns("CKR_GENERAL_ERROR"));
      for (int i = 0; i < 20; i++) {
        assertThat(hsm.decrypt(cipherKey, same, sealed.bytes())).isEqualTo(text);
      }
      assertThat(hsm.routing().nodes()).allSatisfy(n -> assertThat(n.ejections()).isLessThan(2));
    }
  }

  @Test
  void operation_withASoleNodeThatTakesLong_getsAllOfItsTime() {
    // An attempt gets a third of the deadline only while there is another node to ask.
    Duration deadline = Duration.ofSeconds(6);
    try (ClusterHsm hsm = open(cluster.config(deadline).withNodes(List.of("c")))) {
      cluster.library("c").set(Fault.on("C_SignInit").delays(Duration.ofMillis(2200)));
      macs(hsm, 1);
      assertThat(hsm.routing().attempts()).isEqualTo(1);
    }
  }

  @Test
  void operation_thatIsSlow_isDoneByASecondNodeWithHedging() {
    Duration slow = Duration.ofMillis(900);
    try (ClusterHsm hsm =
        open(cluster.config().withZone("az-c").withHedge(Duration.ofMillis(20)))) {
      cluster.library("c").set(Fault.on("C_SignInit").always().delays(slow));
      // On a busy machine the own zone may be passed by for a while.
      await()
          .atMost(PATIENCE)
          .until(() -> {
            macs(hsm, 1);
            return hsm.routing().hedgesWon() > 0;
          });
      RoutingStats stats = hsm.routing();
      assertThat(stats.attempts()).isEqualTo(stats.operations() + stats.hedges());
      assertThat(stats.retries()).isZero();
    }
  }

  @Test
  void operation_thatIsSlow_isLeftToItsNodeWithoutHedging() {
    try (ClusterHsm hsm = open(cluster.config().withZone("az-c"))) {
      cluster.library("c").set(Fault.on("C_SignInit").delays(Duration.ofMillis(300)));
      macs(hsm, 1);
      assertThat(hsm.routing().hedges()).isZero();
      assertThat(hsm.routing().attempts()).isEqualTo(1);
    }
  }

  @Test
  void operation_thatIsSlowWithNoOtherNode_isNotHedged() {
    ClusterConfig config = cluster.config().withNodes(List.of("c"));
    try (ClusterHsm hsm = open(config.withHedge(Duration.ofMillis(20)))) {
      cluster.library("c").set(Fault.on("C_SignInit").delays(Duration.ofMillis(300)));
      macs(hsm, 1);
      assertThat(hsm.routing().hedges()).isZero();
    }
  }

  @Test
  void operations_ofMoreBytesThanAreHeld_areThrottledAtOnce() throws Exception {
    try (ClusterHsm hsm = open(cluster.config());
        ExecutorService callers = Executors.newVirtualThreadPerTaskExecutor()) {
      List.of("a", "b", "c").forEach(n -> cluster.proxy(n).hang());
      byte[] input = new byte[INPUT_BYTES];
      List<Future<?>> all =
          IntStream.range(0, 300)
              .<Future<?>>mapToObj(i -> callers.submit(() -> mac(hsm, input)))
              .toList();
      await().atMost(PATIENCE).until(() -> hsm.routing().refusedBytes() >= 44);
      Future<?> refused =
          all.stream().filter(f -> f.state() == Future.State.FAILED).findFirst().orElseThrow();
      assertThat(refused.exceptionNow())
          .isInstanceOf(HsmException.Throttled.class)
          .hasMessageContainingAll("134217728", "send fewer at once");
      assertThat(hsm.routing().heldBytes()).isLessThanOrEqualTo(128L << 20);
      // Those that are held need not wait in vain.
      cluster.heal();
    }
  }

  @Test
  void waitingOperations_whoseTimeIsOver_leaveNothingBehind() {
    try (ClusterHsm hsm = open(cluster.config(Duration.ofSeconds(3)))) {
      List.of("a", "b", "c").forEach(n -> cluster.proxy(n).hang());
      try (ExecutorService callers = Executors.newVirtualThreadPerTaskExecutor()) {
        IntStream.range(0, 500).forEach(i -> callers.submit(() -> mac(hsm, new byte[1])));
        await().atMost(PATIENCE).until(() -> hsm.routing().waiting() > 0);
      }
      assertThat(hsm.routing().waiting()).isZero();
      assertThat(hsm.routing().heldBytes()).isZero();
    }
  }

  private static RoutingStats.Node node(ClusterHsm hsm, String name) {
    return hsm.routing().nodes().stream()
        .filter(n -> n.name().equals(name))
        .findFirst()
        .orElseThrow();
  }

  private static void macs(ClusterHsm hsm, int count) {
    for (int i = 0; i < count; i++) {
      mac(hsm, new byte[] {(byte) i});
    }
  }

  private static byte[] mac(ClusterHsm hsm, byte[] message) {
    return hsm.mac(key, new MacAlgorithm.Hmac(Digest.SHA_256), message);
  }

  private static ClusterHsm open(ClusterConfig config) {
    ClusterHsm hsm = ClusterHsm.open(config);
    await()
        .atMost(PATIENCE)
        .until(() -> hsm.routing().nodes().stream().allMatch(RoutingStats.Node::serving));
    return hsm;
  }
}
