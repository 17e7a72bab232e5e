package io.strongroom.cluster.node;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;
import static org.awaitility.Awaitility.await;

import io.strongroom.cluster.ClusterConfig;
import io.strongroom.cluster.ClusterHsm;
import io.strongroom.cluster.NodeStatus;
import io.strongroom.cluster.identity.TlsFiles;
import io.strongroom.hsm.CipherAlgorithm.AesGcm;
import io.strongroom.hsm.Hsm;
import io.strongroom.hsm.HsmException;
import io.strongroom.hsm.KeyId;
import io.strongroom.hsm.KeyInfo;
import io.strongroom.hsm.KeySpec;
import io.strongroom.hsm.KeyType;
import io.strongroom.provider.HsmKeySpec;
import io.strongroom.provider.HsmProvider;
import io.strongroom.softhsm.Fault;
import io.strongroom.softhsm.FaultyLibrary;
import io.strongroom.softhsm.SoftHsmToken;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.security.KeyPair;
import java.security.KeyPairGenerator;
import java.security.SecureRandom;
import java.security.Signature;
import java.time.Duration;
import java.util.List;
import java.util.Objects;
import org.junit.jupiter.api.AfterAll;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/** Two servers a and b, and a token c that the client works with itself. */
class EmbeddedNodeTest {

  private static final byte[] TEXT = "at home".getBytes(StandardCharsets.UTF_8);
  private static final AesGcm GCM = AesGcm.withDeviceIv(new byte[0]);
  private static final Duration PATIENCE = Duration.ofSeconds(60);

  @TempDir static Path folder;

  private static TestCluster cluster;
  private static TestToken b;
  private static TestToken c;
  private static FaultyLibrary library;
  private static HsmNode nodeA;
  private static HsmNode nodeB;
  private final SecureRandom random = new SecureRandom();

  @BeforeAll
  static void start() {
    cluster = new TestCluster(folder);
    TestToken a = cluster.first("a");
    b = cluster.joined("b", a);
    c = cluster.joined("c", a);
    // A library of its own: the one that the token joined with is initialised in this process.
    library = FaultyLibrary.over(SoftHsmToken.open(c.token().dir()).withOwnLibrary());
    nodeA = cluster.start(a);
    nodeB = cluster.start(b, nodeA);
  }

  @AfterAll
  static void stop() {
    nodeA.close();
    nodeB.close();
    library.close();
  }

  @AfterEach
  void heal() {
    library.clear();
    library.release();
  }

  @Test
  void key_madeByTheClient_isOnServersAndItsOwnToken() {
    try (ClusterHsm hsm = open(officer())) {
      KeyInfo key = hsm.create(aes());
      assertThat(key.locations()).hasSizeGreaterThanOrEqualTo(2);
      await().atMost(PATIENCE).until(() -> locations(hsm, key), List.of("a", "b", "c")::equals);
      NodeStatus own = hsm.status().getLast();
      assertThat(own.state()).isEqualTo(NodeStatus.State.SERVING);
      assertThat(own.zone()).isEqualTo("az-c");
      assertThat(own.address()).isEqualTo("in-process");
      assertThat(
              hsm.status().stream()
                  .map(n -> Objects.requireNonNull(n.token()).domainCheckValue())
                  .distinct())
          .hasSize(1);
    }
  }

  @Test
  void operations_goToTheOwnToken_andToServersWhileItFails() {
    try (ClusterHsm hsm = open(officer())) {
      KeyInfo key = hsm.create(aes());
      await().atMost(PATIENCE).until(() -> locations(hsm, key).contains("c"));
      awaitUseOfTheOwnToken(hsm, key);

      library.set(Fault.on("*").returns("CKR_DEVICE_ERROR").always());
      encrypt(hsm, key, 30);
      await()
          .atMost(PATIENCE)
          .until(() -> hsm.status().getLast().state() == NodeStatus.State.EJECTED);

      library.clear();
      await()
          .atMost(PATIENCE)
          .until(() -> hsm.status().getLast().state() == NodeStatus.State.SERVING);
      awaitUseOfTheOwnToken(hsm, key);
    }
  }

  /** Not all operations go there, and at times none: what is slow for a moment is passed by. */
  private void awaitUseOfTheOwnToken(Hsm hsm, KeyInfo key) {
    long before = library.calls("C_Encrypt");
    await()
        .atMost(PATIENCE)
        .until(() -> {
          encrypt(hsm, key, 10);
          return library.calls("C_Encrypt") > before;
        });
  }

  @Test
  void ownToken_thatHangs_costsNoOperation() {
    try (ClusterHsm hsm = open(officer())) {
      KeyInfo key = hsm.create(aes());
      await().atMost(PATIENCE).until(() -> locations(hsm, key).contains("c"));
      library.set(Fault.on("C_Encrypt").hangs());
      encrypt(hsm, key, 10);
      library.clear();
      library.release();
    }
  }

  @Test
  void keys_ofServers_comeToTheOwnTokenAndGo() {
    ClusterConfig servers = officer().withNodes(List.of("a", "b"));
    try (ClusterHsm hsm = open(officer());
        ClusterHsm other = ClusterHsm.open(servers)) {
      KeyInfo key = other.create(aes());
      await().atMost(PATIENCE).until(() -> locations(hsm, key).contains("c"));
      other.destroy(key.id());
      await().atMost(PATIENCE).until(() -> hsm.status().stream().allMatch(n -> n.missing() == 0));
      assertThatThrownBy(() -> hsm.key(key.id())).isInstanceOf(HsmException.KeyNotFound.class);
    }
  }

  @Test
  void keys_ofTheOwnTokenAlone_comeToTheServersAndGo() {
    KeySpec kept = aes();
    KeySpec destroyed = aes();
    ClusterConfig three = officer();
    ClusterConfig alone =
        new ClusterConfig(
            "demo",
            "",
            three.withNodes(List.of("c")).nodes(),
            ClusterConfig.Tls.NONE,
            1,
            three.deadline());
    try (ClusterHsm hsm = open(officer())) {
      hsm.create(destroyed);
    }
    try (ClusterHsm one = ClusterHsm.open(alone)) {
      one.create(kept);
      one.destroy(destroyed.id());
    }
    try (ClusterHsm hsm = open(officer())) {
      await()
          .atMost(PATIENCE)
          .until(() -> hsm.key(kept.id()).locations(), List.of("a", "b", "c")::equals);
    }
    try (ClusterHsm servers = ClusterHsm.open(officer().withNodes(List.of("a", "b")))) {
      await()
          .atMost(PATIENCE)
          .until(() -> servers.keys().stream().noneMatch(k -> k.id().equals(destroyed.id())));
      assertThat(servers.keys()).extracting(KeyInfo::id).contains(kept.id());
    }
  }

  @Test
  void user_usesItsOwnToken_butMakesNoKeysInIt() {
    KeyInfo key;
    try (ClusterHsm hsm = open(officer())) {
      key = hsm.create(aes());
      await().atMost(PATIENCE).until(() -> locations(hsm, key).contains("c"));
    }
    try (ClusterHsm user = open(config(cluster.user()))) {
      awaitUseOfTheOwnToken(user, key);
      assertThatThrownBy(() -> user.create(aes())).isInstanceOf(HsmException.AccessDenied.class);
      try (ClusterHsm servers = ClusterHsm.open(officer().withNodes(List.of("a", "b")))) {
        servers.destroy(key.id());
      }
      // Tombstones are told to everyone.
      await().atMost(PATIENCE).until(() -> !holds(user, "c", key));
    }
  }

  @Test
  void seals_inUse_areLeftToTheirUser() {
    try (ClusterHsm first = open(officer());
        ClusterHsm second = ClusterHsm.open(officer())) {
      assertThat(first.random(1)).hasSize(1);
      assertThat(second.random(1)).hasSize(1);
      NodeStatus other = second.status().getLast();
      assertThat(other.state()).isEqualTo(NodeStatus.State.UNREACHABLE);
      assertThat(other.lastFailure()).contains("is in use").contains("one node");
    }
  }

  @Test
  void provider_overACluster_signsWhileAServerDies() throws Exception {
    try (ClusterHsm hsm = open(officer())) {
      HsmProvider provider = HsmProvider.over(hsm);
      KeyPairGenerator generator = KeyPairGenerator.getInstance("EC", provider);
      generator.initialize(HsmKeySpec.token("signs " + KeyId.random(random)).withBits(256));
      KeyPair pair = generator.generateKeyPair();
      for (int i = 0; i < 60; i++) {
        if (i == 20) {
          nodeB.close();
        }
        Signature signature = Signature.getInstance("SHA256withECDSA", provider);
        signature.initSign(pair.getPrivate());
        signature.update(TEXT);
        byte[] signed = signature.sign();
        Signature verifier = Signature.getInstance("SHA256withECDSA");
        verifier.initVerify(pair.getPublic());
        verifier.update(TEXT);
        assertThat(verifier.verify(signed)).isTrue();
      }
    } finally {
      nodeB.close();
      nodeB = cluster.start(b, nodeA);
    }
  }

  @Test
  void cluster_ofTokensOnly_worksByUrlWithoutServersAndCertificates(@TempDir Path own)
      throws Exception {
    TestToken first = TestToken.createFirst(own, "x");
    List<TestToken> tokens =
        List.of(
            first,
            TestToken.createJoined(own, "y", first),
            TestToken.createJoined(own, "z", first));
    StringBuilder yaml = new StringBuilder("cluster: tokens\nnodes:\n");
    for (TestToken token : tokens) {
      yaml.append(
          "  - {name: %s, hsm: \"%s\", seals: %s}%n"
              .formatted(
                  token.token().label(), token.token().url(), own.relativize(token.seals())));
    }
    Path file = Files.writeString(own.resolve("cluster.yaml"), yaml);
    try (Hsm hsm = Hsm.open("cluster:" + file)) {
      KeyInfo key = hsm.create(aes());
      await()
          .atMost(PATIENCE)
          .until(() -> hsm.key(key.id()).locations(), List.of("x", "y", "z")::equals);
      encrypt(hsm, key, 10);
    }
    try (Hsm hsm = Hsm.open("cluster:" + file + "?nodes=y,z")) {
      assertThat(hsm.keys()).hasSize(1);
    }
  }

  private void encrypt(Hsm hsm, KeyInfo key, int times) {
    for (int i = 0; i < times; i++) {
      assertThat(hsm.encrypt(key.id(), GCM, TEXT).bytes()).hasSize(TEXT.length + 16);
    }
  }

  private static boolean holds(ClusterHsm hsm, String node, KeyInfo key) {
    try {
      return hsm.key(key.id()).locations().contains(node);
    } catch (HsmException.KeyNotFound e) {
      return false;
    }
  }

  private static List<String> locations(ClusterHsm hsm, KeyInfo key) {
    return hsm.key(key.id()).locations();
  }

  private static ClusterHsm open(ClusterConfig config) {
    ClusterHsm hsm = ClusterHsm.open(config);
    await()
        .atMost(PATIENCE)
        .until(() -> hsm.status().stream().allMatch(n -> n.state() == NodeStatus.State.SERVING));
    return hsm;
  }

  private static ClusterConfig officer() {
    return config(cluster.officer());
  }

  private static ClusterConfig config(TlsFiles files) {
    return new ClusterConfig(
        "demo",
        "",
        List.of(
            server(nodeA),
            server(nodeB),
            ClusterConfig.Node.inProcess(
                "c", "az-c", new ClusterConfig.Token(library.url(), c.seals()))),
        new ClusterConfig.Tls(files.ca(), files.certificate(), files.key()),
        2,
        Duration.ofSeconds(9));
  }

  private static ClusterConfig.Node server(HsmNode node) {
    return new ClusterConfig.Node(
        node.name(), "az-" + node.name(), "127.0.0.1", node.address().getPort());
  }

  private KeySpec aes() {
    KeyId id = KeyId.random(random);
    return KeySpec.of(id, "member " + id, KeyType.AES_256);
  }
}
