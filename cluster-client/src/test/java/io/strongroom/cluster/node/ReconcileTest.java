package io.strongroom.cluster.node;

import static io.strongroom.cluster.node.TestClient.await;
import static org.assertj.core.api.Assertions.assertThat;

import com.google.protobuf.ByteString;
import io.strongroom.cluster.wire.KeyCodec;
import io.strongroom.cluster.wire.v1.CreateRequest;
import io.strongroom.cluster.wire.v1.DestroyRequest;
import io.strongroom.cluster.wire.v1.Error;
import io.strongroom.cluster.wire.v1.GetSealRequest;
import io.strongroom.cluster.wire.v1.HeldKey;
import io.strongroom.cluster.wire.v1.InventoryReply;
import io.strongroom.cluster.wire.v1.InventoryRequest;
import io.strongroom.cluster.wire.v1.PutSealRequest;
import io.strongroom.cluster.wire.v1.Seal;
import io.strongroom.hsm.Hsm;
import io.strongroom.hsm.KeyId;
import io.strongroom.hsm.KeySpec;
import io.strongroom.hsm.KeyType;
import java.net.InetAddress;
import java.net.InetSocketAddress;
import java.net.ServerSocket;
import java.nio.file.Files;
import java.nio.file.Path;
import java.security.SecureRandom;
import java.time.Duration;
import java.util.List;
import org.awaitility.Awaitility;
import org.junit.jupiter.api.AfterAll;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.TestInstance;
import org.junit.jupiter.api.io.TempDir;

/** Two nodes; the second asks the first. */
@TestInstance(TestInstance.Lifecycle.PER_CLASS)
class ReconcileTest {
  private static final SecureRandom RANDOM = new SecureRandom();
  private static final Duration LIMIT = Duration.ofSeconds(60);

  private TestCluster cluster;
  private TestToken secondToken;
  private TestToken thirdToken;
  private HsmNode first;
  private HsmNode second;
  private TestClient atFirst;
  private int labels;

  @BeforeAll
  void startTwoNodes(@TempDir Path root) {
    cluster = new TestCluster(root);
    TestToken firstToken = cluster.first("a");
    secondToken = cluster.joined("b", firstToken);
    thirdToken = cluster.joined("c", firstToken);
    first = cluster.start(firstToken);
    second = cluster.start(secondToken, first);
    atFirst = new TestClient(first, cluster.officer());
  }

  @AfterAll
  void close() throws Exception {
    atFirst.close();
    second.close();
    first.close();
  }

  private Seal createAtFirst(KeyType type) throws Exception {
    KeySpec spec = KeySpec.of(KeyId.random(RANDOM), "key-" + ++labels, type);
    var request = CreateRequest.newBuilder().setSpec(KeyCodec.toWire(spec)).build();
    return await(atFirst.calls().create(request)).getSeal();
  }

  private InventoryReply inventoryOfSecond() throws Exception {
    try (TestClient client = new TestClient(second, cluster.user())) {
      return await(client.calls().inventory(InventoryRequest.getDefaultInstance()));
    }
  }

  private List<ByteString> keysOfSecond() throws Exception {
    return inventoryOfSecond().getKeysList().stream()
        .map(HeldKey::getSpec)
        .map(io.strongroom.cluster.wire.v1.KeySpec::getId)
        .toList();
  }

  private void awaitAtSecond(Seal seal) {
    Awaitility.await()
        .atMost(LIMIT)
        .untilAsserted(() -> assertThat(keysOfSecond()).contains(seal.getSpec().getId()));
  }

  @Test
  void key_createdAtOneNode_reachesTheOtherByItself() throws Exception {
    Seal secret = createAtFirst(KeyType.AES_256);
    Seal pair = createAtFirst(KeyType.EC_P256);
    awaitAtSecond(secret);
    awaitAtSecond(pair);
  }

  @Test
  void node_thatWasAway_getsWhatItMissed() throws Exception {
    Seal before = createAtFirst(KeyType.AES_256);
    awaitAtSecond(before);
    second.close();
    Seal missed = createAtFirst(KeyType.AES_256);
    await(
        atFirst
            .calls()
            .destroy(DestroyRequest.newBuilder().setId(before.getSpec().getId()).build()));

    second = cluster.start(secondToken, first);

    awaitAtSecond(missed);
    Awaitility.await()
        .atMost(LIMIT)
        .untilAsserted(() -> {
          InventoryReply inventory = inventoryOfSecond();
          assertThat(inventory.getTombstonesList())
              .anyMatch(t -> t.getId().equals(before.getSpec().getId()));
          assertThat(inventory.getKeysList())
              .noneMatch(k -> k.getSpec().getId().equals(before.getSpec().getId()));
        });
  }

  @Test
  void key_destroyed_isNotBroughtBackByASeal() throws Exception {
    Seal seal = createAtFirst(KeyType.AES_256);
    awaitAtSecond(seal);
    var destroyed =
        await(
            atFirst
                .calls()
                .destroy(DestroyRequest.newBuilder().setId(seal.getSpec().getId()).build()));
    assertThat(destroyed.getExisted()).isTrue();

    var put = await(atFirst.calls().putSeal(PutSealRequest.newBuilder().setSeal(seal).build()));

    assertThat(put.getError().getKind()).isEqualTo(Error.Kind.KEY_EXISTS);
    Awaitility.await()
        .atMost(LIMIT)
        .untilAsserted(() -> assertThat(keysOfSecond()).doesNotContain(seal.getSpec().getId()));
  }

  @Test
  void seal_fetchedFromOneNode_isAcceptedByTheOther() throws Exception {
    Seal seal = createAtFirst(KeyType.AES_256);
    var fetched =
        await(
            atFirst
                .calls()
                .getSeal(GetSealRequest.newBuilder().setId(seal.getSpec().getId()).build()));
    assertThat(fetched.getSeal()).isEqualTo(seal);
    try (TestClient atSecond = new TestClient(second, cluster.officer())) {
      var put = await(atSecond.calls().putSeal(PutSealRequest.newBuilder().setSeal(seal).build()));
      assertThat(put.getSeal()).isEqualTo(seal);
      Seal tampered = seal.toBuilder().setCreatedMillis(1).build();
      var refused =
          await(atSecond.calls().putSeal(PutSealRequest.newBuilder().setSeal(tampered).build()));
      assertThat(refused.getError().getKind()).isEqualTo(Error.Kind.AUTHENTICATION_FAILED);
    }
  }

  @Test
  void node_withAnOlderSnapshotOfItsDisk_comesLevel() throws Exception {
    Seal dead = createAtFirst(KeyType.AES_256);
    Seal lost = createAtFirst(KeyType.AES_256);
    Seal damaged = createAtFirst(KeyType.AES_256);
    Seal swapped = createAtFirst(KeyType.AES_256);
    for (Seal seal : List.of(dead, lost, damaged, swapped)) {
      awaitAtSecond(seal);
    }
    second.close();
    await(
        atFirst.calls().destroy(DestroyRequest.newBuilder().setId(dead.getSpec().getId()).build()));
    // Older than the token: one seal is not there yet; newer than another token would be: one is
    // there that was destroyed since. And two files that the disk has spoilt.
    Files.delete(sealFile(lost));
    Files.write(sealFile(damaged), new byte[] {8, 1, 18});
    Files.write(sealFile(swapped), damaged.toByteArray());
    try (Hsm token = secondToken.open()) {
      token.destroy(KeyCodec.idFromWire(swapped.getSpec().getId()));
    }

    second = cluster.start(secondToken, first);

    for (Seal seal : List.of(lost, damaged, swapped)) {
      awaitAtSecond(seal);
      assertThat(Files.readAllBytes(sealFile(seal))).isEqualTo(seal.toByteArray());
    }
    Awaitility.await()
        .atMost(LIMIT)
        .untilAsserted(() -> assertThat(keysOfSecond()).doesNotContain(dead.getSpec().getId()));
    assertThat(sealFile(dead)).doesNotExist();
  }

  private Path sealFile(Seal seal) {
    return secondToken.seals().resolve(KeyCodec.idFromWire(seal.getSpec().getId()) + ".seal");
  }

  @Test
  void peer_thatIsSilent_holdsUpNoOther() throws Exception {
    Seal seal = createAtFirst(KeyType.AES_256);
    // Its connections are taken by the system, and nobody ever reads from them.
    try (ServerSocket mute = new ServerSocket(0, 50, InetAddress.getLoopbackAddress())) {
      var silent = InetSocketAddress.createUnresolved("127.0.0.1", mute.getLocalPort());
      List<NodeConfig.Peer> peers =
          List.of(new NodeConfig.Peer("0-silent", "az", silent), TestCluster.peer(first));
      try (HsmNode third = HsmNode.start(cluster.config(thirdToken, peers));
          TestClient client = new TestClient(third, cluster.user())) {
        // The silent one is given up after 15 s: until then it would hold the other up.
        Awaitility.await()
            .atMost(Duration.ofSeconds(14))
            .until(() ->
                await(client.calls().inventory(InventoryRequest.getDefaultInstance()))
                    .getKeysList()
                    .stream()
                    .anyMatch(k -> k.getSpec().equals(seal.getSpec())));
      }
    }
  }
}
