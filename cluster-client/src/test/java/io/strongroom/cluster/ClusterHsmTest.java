package io.strongroom.cluster;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;
import static org.awaitility.Awaitility.await;

import io.strongroom.hsm.CipherAlgorithm.AesGcm;
import io.strongroom.hsm.Digest;
import io.strongroom.hsm.Encrypted;
import io.strongroom.hsm.ExportAttempt;
import io.strongroom.hsm.Hsm;
import io.strongroom.hsm.HsmException;
import io.strongroom.hsm.KeyId;
import io.strongroom.hsm.KeyInfo;
import io.strongroom.hsm.KeySpec;
import io.strongroom.hsm.KeyType;
import io.strongroom.hsm.KeyUsage;
import io.strongroom.hsm.MacAlgorithm;
import io.strongroom.hsm.Protection;
import io.strongroom.hsm.SignatureAlgorithm;
import io.strongroom.hsm.WrapAlgorithm;
import io.vertx.core.Vertx;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.security.MessageDigest;
import java.security.SecureRandom;
import java.util.Arrays;
import java.util.List;
import java.util.Objects;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.TimeUnit;
import javax.crypto.Cipher;
import javax.crypto.spec.SecretKeySpec;
import org.assertj.core.api.ThrowableAssert.ThrowingCallable;
import org.junit.jupiter.api.AfterAll;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/** A cluster of three real nodes, all of them well unless a test says otherwise. */
class ClusterHsmTest {

  private static final byte[] TEXT = "in which zone".getBytes(StandardCharsets.UTF_8);
  private static final AesGcm GCM = AesGcm.withDeviceIv(new byte[0]);

  @TempDir static Path folder;

  private static ProxiedCluster cluster;
  private final SecureRandom random = new SecureRandom();
  private ClusterHsm hsm;

  @BeforeAll
  static void start() throws Exception {
    cluster = new ProxiedCluster(folder);
  }

  @AfterAll
  static void stop() throws Exception {
    cluster.close();
  }

  @BeforeEach
  void open() {
    cluster.heal();
    hsm = ClusterHsm.open(cluster.config());
    await().until(() -> states(hsm).equals(List.of("serving", "serving", "serving")));
  }

  @AfterEach
  void close() {
    hsm.close();
  }

  @Test
  void create_withAllNodes_putsTheKeyOnEach() {
    KeyInfo key = hsm.create(aes());
    await()
        .untilAsserted(
            () -> assertThat(hsm.key(key.id()).locations()).containsExactly("a", "b", "c"));
    byte[] checkValue = hsm.checkValue(key.id());
    for (String node : List.of("a", "b", "c")) {
      try (ClusterHsm one = ClusterHsm.open(cluster.config().withNodes(List.of(node)))) {
        assertThat(one.checkValue(key.id())).isEqualTo(checkValue);
      }
    }
  }

  @Test
  void create_repeated_findsTheFirstKey() {
    KeySpec spec = aes();
    byte[] checkValue = hsm.checkValue(hsm.create(spec).id());
    assertThat(hsm.create(spec).id()).isEqualTo(spec.id());
    assertThat(hsm.checkValue(spec.id())).isEqualTo(checkValue);
  }

  @Test
  void create_withATakenLabel_isRefused() {
    KeyInfo first = hsm.create(aes());
    KeySpec second = KeySpec.of(KeyId.random(random), first.label(), KeyType.AES_256);
    assertThatThrownBy(() -> hsm.create(second))
        .isInstanceOf(HsmException.KeyExists.class)
        .hasMessageContaining(first.label());
  }

  @Test
  void create_withTheIdOfAnotherKey_isRefused() {
    KeyInfo first = hsm.create(aes());
    KeySpec second = KeySpec.of(first.id(), "another " + first.id(), KeyType.AES_256);
    assertThatThrownBy(() -> hsm.create(second)).isInstanceOf(HsmException.KeyExists.class);
  }

  @Test
  void create_ofWhatNoClusterKeeps_isRefused() {
    assertThatThrownBy(() -> hsm.create(aes().asSession()))
        .isInstanceOf(HsmException.BadInput.class);
    assertThatThrownBy(() -> hsm.create(aes().withProtection(Protection.LEAVES_WRAPPED)))
        .isInstanceOf(HsmException.BadInput.class);
    KeySpec edwards = KeySpec.of(KeyId.random(random), "ed", KeyType.ED25519);
    assertThatThrownBy(() -> hsm.create(edwards))
        .isInstanceOf(HsmException.UnsupportedMechanism.class)
        .hasMessageContaining("sealed");
  }

  @Test
  void create_belowTheQuorum_leavesNothing() {
    cluster.kill("b");
    cluster.kill("c");
    await().until(() -> states(hsm).equals(List.of("serving", "unreachable", "unreachable")));
    KeySpec spec = aes();
    assertThatThrownBy(() -> hsm.create(spec))
        .isInstanceOf(HsmException.DeviceUnavailable.class)
        .hasMessageContainingAll("1 of 3", "2 are needed", "\"b\"", "\"c\"");
    cluster.heal();
    await().until(() -> states(hsm).equals(List.of("serving", "serving", "serving")));
    assertThat(hsm.keys()).extracting(KeyInfo::id).doesNotContain(spec.id());
    assertThat(hsm.create(spec).id()).isEqualTo(spec.id());
  }

  @Test
  void create_throughFewerNodesThanTheQuorum_isRefusedAndNothingIsSent() {
    KeyInfo pair =
        hsm.create(
            KeySpec.of(KeyId.random(random), label("pair"), KeyType.RSA_2048)
                .withUsages(KeyUsage.WRAP, KeyUsage.UNWRAP));
    KeySpec spec = aes();
    WrapAlgorithm oaep = new WrapAlgorithm.RsaOaep(Digest.SHA_1);
    try (ClusterHsm view =
        ClusterHsm.open(cluster.config().withNodes(pair.locations().subList(0, 1)))) {
      for (ThrowingCallable change :
          List.<ThrowingCallable>of(
              () -> view.create(spec),
              () -> view.unwrap(pair.id(), oaep, new byte[256], spec),
              () -> view.destroy(pair.id()))) {
        assertThatThrownBy(change)
            .isInstanceOf(HsmException.BadInput.class)
            .hasMessageContainingAll("quorum is 2", "nothing was sent", "use all nodes");
      }
      assertThat(view.checkValue(pair.id())).isEqualTo(hsm.checkValue(pair.id()));
    }
    assertThat(hsm.keys()).extracting(KeyInfo::id).contains(pair.id()).doesNotContain(spec.id());
  }

  @Test
  void create_asAUser_isRefused() {
    try (ClusterHsm user = ClusterHsm.open(cluster.config().withIdentity(cluster.user()))) {
      KeySpec spec = aes();
      assertThatThrownBy(() -> user.create(spec)).isInstanceOf(HsmException.AccessDenied.class);
      assertThatThrownBy(() -> hsm.key(spec.id())).isInstanceOf(HsmException.KeyNotFound.class);
    }
  }

  @Test
  void dataOperations_asAUser_areDone() {
    KeyInfo key = hsm.create(aes());
    try (ClusterHsm user = ClusterHsm.open(cluster.config().withIdentity(cluster.user()))) {
      Encrypted encrypted = user.encrypt(key.id(), GCM, TEXT);
      assertThat(decrypt(user, key.id(), encrypted)).isEqualTo(TEXT);
      assertThatThrownBy(() -> user.destroy(key.id()))
          .isInstanceOf(HsmException.AccessDenied.class);
    }
    assertThat(hsm.key(key.id()).label()).isEqualTo(key.label());
  }

  @Test
  void unwrap_ofOaepMaterial_putsTheKeyOnEachNode() throws Exception {
    KeyInfo pair =
        hsm.create(
            KeySpec.of(KeyId.random(random), label("import"), KeyType.RSA_2048)
                .withUsages(KeyUsage.WRAP, KeyUsage.UNWRAP));
    byte[] material = random.generateSeed(32);
    Cipher oaep = Cipher.getInstance("RSA/ECB/OAEPWithSHA-1AndMGF1Padding");
    oaep.init(Cipher.ENCRYPT_MODE, pair.publicKey());
    KeySpec target = aes();
    KeyInfo key =
        hsm.unwrap(
            pair.id(), new WrapAlgorithm.RsaOaep(Digest.SHA_1), oaep.doFinal(material), target);
    Cipher ecb = Cipher.getInstance("AES/ECB/NoPadding");
    ecb.init(Cipher.ENCRYPT_MODE, new SecretKeySpec(material, "AES"));
    byte[] wanted = Arrays.copyOf(ecb.doFinal(new byte[16]), 3);
    assertThat(hsm.checkValue(key.id())).isEqualTo(wanted);
    await().untilAsserted(() -> assertThat(hsm.key(key.id()).locations()).hasSize(3));
  }

  @Test
  void unwrap_underAKeyThatIsNowhere_isKeyNotFound() {
    KeyId nowhere = KeyId.random(random);
    assertThatThrownBy(() ->
            hsm.unwrap(nowhere, new WrapAlgorithm.RsaOaep(Digest.SHA_1), new byte[256], aes()))
        .isInstanceOf(HsmException.KeyNotFound.class)
        .hasMessageContaining(nowhere.toString());
  }

  @Test
  void destroy_removesTheKeyForGood() {
    KeySpec spec = aes();
    hsm.create(spec);
    hsm.destroy(spec.id());
    assertThatThrownBy(() -> hsm.key(spec.id())).isInstanceOf(HsmException.KeyNotFound.class);
    assertThatThrownBy(() -> hsm.encrypt(spec.id(), GCM, TEXT))
        .isInstanceOf(HsmException.KeyNotFound.class);
    assertThatThrownBy(() -> hsm.destroy(spec.id())).isInstanceOf(HsmException.KeyNotFound.class);
    assertThatThrownBy(() -> hsm.create(spec))
        .isInstanceOf(HsmException.KeyExists.class)
        .hasMessageContaining("destroyed");
  }

  @Test
  void destroy_ofAKeyThatNoNodeHoldsYet_keepsItFromComing() {
    cluster.kill("c");
    await().until(() -> states(hsm).equals(List.of("serving", "serving", "unreachable")));
    KeySpec spec = aes();
    assertThatThrownBy(() -> hsm.destroy(spec.id())).isInstanceOf(HsmException.KeyNotFound.class);
    try (ClusterHsm late = ClusterHsm.open(cluster.config().withNodes(List.of("a", "b")))) {
      assertThatThrownBy(() -> late.create(spec))
          .isInstanceOf(HsmException.KeyExists.class)
          .hasMessageContaining("destroyed");
    }
  }

  @Test
  void sign_withAnEcKey_verifiesOnAnotherNode() throws Exception {
    KeyInfo pair = hsm.create(KeySpec.of(KeyId.random(random), label("ec"), KeyType.EC_P256));
    byte[] digest = MessageDigest.getInstance("SHA-256").digest(TEXT);
    byte[] signature = hsm.sign(pair.id(), new SignatureAlgorithm.Ecdsa(), digest);
    for (String node : pair.locations()) {
      try (ClusterHsm one = ClusterHsm.open(cluster.config().withNodes(List.of(node)))) {
        assertThat(one.verify(pair.id(), new SignatureAlgorithm.Ecdsa(), digest, signature))
            .isTrue();
        signature[9] ^= 1;
        assertThat(one.verify(pair.id(), new SignatureAlgorithm.Ecdsa(), digest, signature))
            .isFalse();
        signature[9] ^= 1;
      }
    }
  }

  @Test
  void mac_onDifferentNodes_isTheSame() {
    KeyInfo key = hsm.create(KeySpec.of(KeyId.random(random), label("hmac"), KeyType.secret(256)));
    await().untilAsserted(() -> assertThat(hsm.key(key.id()).locations()).hasSize(3));
    List<byte[]> macs =
        List.of("az-a", "az-b", "az-c").stream()
            .map(zone -> {
              try (ClusterHsm near = ClusterHsm.open(cluster.config().withZone(zone))) {
                return near.mac(key.id(), new MacAlgorithm.Hmac(Digest.SHA_256), TEXT);
              }
            })
            .toList();
    assertThat(macs.get(1)).isEqualTo(macs.get(0)).hasSize(32);
    assertThat(macs.get(2)).isEqualTo(macs.get(0));
  }

  @Test
  void decrypt_ofTamperedCiphertext_isAuthenticationFailed() {
    KeyInfo key = hsm.create(aes());
    Encrypted encrypted = hsm.encrypt(key.id(), GCM, TEXT);
    encrypted.bytes()[0] ^= 1;
    assertThatThrownBy(() -> decrypt(hsm, key.id(), encrypted))
        .isInstanceOf(HsmException.AuthenticationFailed.class);
    assertThat(states(hsm)).containsOnly("serving");
  }

  @Test
  void attemptExport_ofAClusterKey_isRefusedThroughout() {
    KeyInfo key = hsm.create(aes());
    assertThat(hsm.attemptExport(key.id())).isNotEmpty().allMatch(ExportAttempt::refused);
  }

  @Test
  void wrap_ofAClusterKey_isRefused() {
    KeyInfo wrapping = hsm.create(aes().withUsages(KeyUsage.WRAP, KeyUsage.UNWRAP));
    KeyInfo target = hsm.create(aes());
    assertThatThrownBy(() -> hsm.wrap(wrapping.id(), new WrapAlgorithm.AesKwp(), target.id()))
        .isInstanceOf(HsmException.AccessDenied.class);
  }

  @Test
  void random_givesAsManyBytesAsWanted() {
    assertThat(hsm.random(0)).isEmpty();
    assertThat(hsm.random(65_536)).hasSize(65_536);
    assertThatThrownBy(() -> hsm.random(65_537)).isInstanceOf(HsmException.BadInput.class);
    assertThatThrownBy(() -> hsm.random(-1)).isInstanceOf(HsmException.BadInput.class);
  }

  @Test
  void encrypt_ofTheGreatestInput_isDone() {
    KeyInfo key = hsm.create(aes());
    byte[] most = random.generateSeed(64);
    byte[] big = Arrays.copyOf(most, 512 * 1024 - 16);
    assertThat(decrypt(hsm, key.id(), hsm.encrypt(key.id(), GCM, big))).isEqualTo(big);
    assertThatThrownBy(() -> hsm.encrypt(key.id(), GCM, new byte[512 * 1024 + 1]))
        .isInstanceOf(HsmException.BadInput.class)
        .hasMessageContaining("at most 524288");
  }

  @Test
  void operation_withAKeyThatIsNowhere_isKeyNotFound() {
    KeyId nowhere = KeyId.random(random);
    assertThatThrownBy(() -> hsm.encrypt(nowhere, GCM, TEXT))
        .isInstanceOf(HsmException.KeyNotFound.class)
        .hasMessageContaining(nowhere.toString());
    assertThatThrownBy(() -> hsm.key("no such label"))
        .isInstanceOf(HsmException.KeyNotFound.class)
        .hasMessageContaining("no such label");
  }

  @Test
  void keys_madeByAnotherClient_areFoundAtOnce() {
    try (ClusterHsm other = ClusterHsm.open(cluster.config())) {
      KeyInfo key = other.create(aes());
      assertThat(hsm.key(key.label()).id()).isEqualTo(key.id());
      assertThat(decrypt(hsm, key.id(), hsm.encrypt(key.id(), GCM, TEXT))).isEqualTo(TEXT);
      assertThat(hsm.keys()).extracting(KeyInfo::id).contains(key.id());
    }
  }

  @Test
  void keys_destroyedByAnotherClient_areGone() {
    KeyInfo key = hsm.create(aes());
    try (ClusterHsm other = ClusterHsm.open(cluster.config())) {
      other.destroy(key.id());
    }
    // A quorum has destroyed it; a node that was slow to hear of it has it until it reconciles.
    await()
        .untilAsserted(() -> {
          assertThatThrownBy(() -> hsm.checkValue(key.id()))
              .isInstanceOf(HsmException.KeyNotFound.class);
          assertThat(hsm.keys()).extracting(KeyInfo::id).doesNotContain(key.id());
        });
    assertThat(states(hsm)).containsOnly("serving");
  }

  @Test
  void keys_neverShowTheClustersOwn() {
    assertThat(hsm.keys()).noneMatch(k -> k.label().startsWith("strongroom-"));
  }

  @Test
  void info_namesTheClusterAndItsMechanisms() {
    assertThat(hsm.info().label()).isEqualTo("demo");
    assertThat(hsm.info().mechanism("CKM_AES_GCM")).isPresent();
  }

  @Test
  void status_ofAWholeCluster_isServingThroughout() {
    hsm.create(aes());
    await()
        .untilAsserted(() ->
            assertThat(hsm.status())
                .allSatisfy(node -> {
                  assertThat(node.state()).isEqualTo(NodeStatus.State.SERVING);
                  assertThat(node.missing()).isZero();
                  assertThat(node.keys()).isPositive();
                  assertThat(node.latency()).isPositive();
                  assertThat(node.token()).isNotNull();
                }));
    assertThat(hsm.status().stream().map(ClusterHsmTest::domainCheckValue).distinct())
        .singleElement()
        .asString()
        .matches("[0-9a-f]{6}");
    assertThat(hsm.status()).extracting(NodeStatus::zone).containsExactly("az-a", "az-b", "az-c");
  }

  @Test
  void open_fromAFile_worksByUrl() throws Exception {
    ClusterConfig config = cluster.config();
    StringBuilder yaml = new StringBuilder("cluster: demo\nnodes:\n");
    config
        .nodes()
        .forEach(n ->
            yaml.append(
                "  - {name: %s, az: %s, address: \"%s\"}%n"
                    .formatted(n.name(), n.zone(), n.address())));
    yaml.append(
        "tls: {ca: ca.crt, certificate: identities/officer-admin.crt,"
            + " key: identities/officer-admin.key}\n");
    Path file = Files.writeString(folder.resolve("cluster.yaml"), yaml);
    try (Hsm opened = Hsm.open("cluster:" + file + "?nodes=a,b&az=az-b")) {
      assertThat(opened.random(16)).hasSize(16);
    }
  }

  @Test
  void operation_onAnEventLoop_isRefused() throws Exception {
    CompletableFuture<Throwable> thrown = new CompletableFuture<>();
    Vertx vertx = Vertx.vertx();
    vertx.runOnContext(_ -> {
      try {
        hsm.random(1);
        thrown.complete(new AssertionError("it blocked an event loop"));
      } catch (RuntimeException e) {
        thrown.complete(e);
      }
    });
    assertThat(thrown.get(10, TimeUnit.SECONDS)).isInstanceOf(IllegalStateException.class);
    vertx.close().await(10, TimeUnit.SECONDS);
  }

  @Test
  void operation_afterClose_isRefused() {
    hsm.close();
    hsm.close();
    assertThatThrownBy(() -> hsm.random(1)).isInstanceOf(IllegalStateException.class);
  }

  private static byte[] decrypt(Hsm at, KeyId key, Encrypted encrypted) {
    return at.decrypt(key, AesGcm.withIv(encrypted.iv(), new byte[0]), encrypted.bytes());
  }

  private static String domainCheckValue(NodeStatus node) {
    return Objects.requireNonNull(node.token()).domainCheckValue();
  }

  private static List<String> states(ClusterHsm hsm) {
    return hsm.status().stream().map(n -> n.state().toString()).toList();
  }

  private KeySpec aes() {
    return KeySpec.of(KeyId.random(random), label("aes"), KeyType.AES_256);
  }

  private String label(String kind) {
    return kind + " " + KeyId.random(random);
  }
}
