package io.strongroom.cluster.node;

import static io.strongroom.cluster.node.TestClient.await;
import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import com.google.protobuf.ByteString;
import io.strongroom.cluster.identity.TlsFiles;
import io.strongroom.cluster.wire.AlgorithmCodec;
import io.strongroom.cluster.wire.KeyCodec;
import io.strongroom.cluster.wire.Limits;
import io.strongroom.cluster.wire.v1.Answer;
import io.strongroom.cluster.wire.v1.CheckValue;
import io.strongroom.cluster.wire.v1.CreateRequest;
import io.strongroom.cluster.wire.v1.DescribeReply;
import io.strongroom.cluster.wire.v1.DescribeRequest;
import io.strongroom.cluster.wire.v1.Error;
import io.strongroom.cluster.wire.v1.InventoryRequest;
import io.strongroom.cluster.wire.v1.Mac;
import io.strongroom.cluster.wire.v1.Operation;
import io.strongroom.cluster.wire.v1.Probe;
import io.strongroom.cluster.wire.v1.Seal;
import io.strongroom.hsm.CipherAlgorithm;
import io.strongroom.hsm.HsmException;
import io.strongroom.hsm.KeyId;
import io.strongroom.hsm.KeySpec;
import io.strongroom.hsm.KeyType;
import io.strongroom.hsm.SignatureAlgorithm;
import io.strongroom.softhsm.Fault;
import io.strongroom.softhsm.FaultyLibrary;
import io.strongroom.softhsm.SoftHsmToken;
import java.nio.file.Path;
import java.security.SecureRandom;
import java.util.ArrayList;
import java.util.List;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.TimeUnit;
import org.awaitility.Awaitility;
import org.junit.jupiter.api.AfterAll;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.TestInstance;
import org.junit.jupiter.api.io.TempDir;

@TestInstance(TestInstance.Lifecycle.PER_CLASS)
class HsmNodeTest {
  private static final SecureRandom RANDOM = new SecureRandom();
  private static final int SESSIONS = 8;

  private TestCluster cluster;
  private TestToken token;
  private FaultyLibrary library;
  private HsmNode node;
  private TestClient officer;
  private TestClient user;
  private int labels;

  @BeforeAll
  void startANode(@TempDir Path root) {
    cluster = new TestCluster(root);
    token = cluster.first("a");
    // A library of its own: the one that the domain was made with is initialised in this process.
    library = FaultyLibrary.over(SoftHsmToken.open(token.token().dir()).withOwnLibrary());
    node = cluster.start(token, library);
    officer = new TestClient(node, cluster.officer());
    user = new TestClient(node, cluster.user());
  }

  @AfterAll
  void close() throws Exception {
    library.clear();
    user.close();
    officer.close();
    node.close();
    library.close();
  }

  @AfterEach
  void letSignaturesGo() {
    library.clear();
  }

  private Seal create(KeyType type) throws Exception {
    KeySpec spec = KeySpec.of(KeyId.random(RANDOM), "key-" + ++labels, type);
    var request = CreateRequest.newBuilder().setSpec(KeyCodec.toWire(spec)).build();
    var reply = await(officer.calls().create(request));
    assertThat(reply.getError().getMessage()).isEmpty();
    return reply.getSeal();
  }

  private static Operation.Builder operation(long id, ByteString key, byte[] input) {
    return Operation.newBuilder().setId(id).setKey(key).setInput(ByteString.copyFrom(input));
  }

  @Test
  void user_encryptsAndDecrypts_withAKeyThatAnOfficerCreated() throws Exception {
    ByteString key = create(KeyType.AES_256).getSpec().getId();
    byte[] text = {1, 2, 3};

    var gcm = CipherAlgorithm.AesGcm.withDeviceIv(new byte[0]);
    Answer encrypted = user.ask(operation(1, key, text).setEncrypt(AlgorithmCodec.toWire(gcm)));
    assertThat(encrypted.getEncrypted().getIv().size()).isEqualTo(12);
    var back =
        CipherAlgorithm.AesGcm.withIv(encrypted.getEncrypted().getIv().toByteArray(), new byte[0]);
    byte[] ciphertext = encrypted.getEncrypted().getOutput().toByteArray();
    Answer decrypted =
        user.ask(operation(2, key, ciphertext).setDecrypt(AlgorithmCodec.toWire(back)));

    assertThat(decrypted.getOutput().toByteArray()).isEqualTo(text);
    ciphertext[0] ^= 1;
    Answer tampered =
        user.ask(operation(3, key, ciphertext).setDecrypt(AlgorithmCodec.toWire(back)));
    assertThat(tampered.getError().getKind()).isEqualTo(Error.Kind.AUTHENTICATION_FAILED);
    assertThat(tampered.getError().getNode()).isEqualTo("a");
  }

  @Test
  void operations_sentAtOnce_areAllAnswered() throws Exception {
    ByteString key = create(KeyType.secret(256)).getSpec().getId();
    List<Operation.Builder> operations = new ArrayList<>();
    for (int i = 0; i < 200; i++) {
      operations.add(
          operation(1000 + i, key, new byte[] {(byte) i})
              .setMac(Mac.newBuilder().setDigest("SHA_256")));
    }
    assertThat(user.askAll(operations))
        .allSatisfy(answer -> assertThat(answer.getOutput().size()).isEqualTo(32));
  }

  @Test
  void operations_beyondTheLimit_areThrottled() throws Exception {
    ByteString key = create(KeyType.RSA_2048).getSpec().getId();
    try (TestClient greedy = new TestClient(node, cluster.user())) {
      assertThat(greedy.ask(probe(1)).hasOutput()).isTrue();
      library.set(Fault.on("C_Sign").always().hangs());
      List<CompletableFuture<Answer>> allowed = new ArrayList<>();
      for (int i = 0; i < Limits.OUTSTANDING; i++) {
        allowed.add(greedy.send(signature(2 + i, key)));
      }
      List<Operation.Builder> more = new ArrayList<>();
      for (int i = 0; i < Limits.OUTSTANDING; i++) {
        more.add(signature(1000 + i, key));
      }
      assertThat(greedy.askAll(more)).allMatch(a -> a.getError().getKind() == Error.Kind.THROTTLED);
      library.clear();
      for (CompletableFuture<Answer> answer : allowed) {
        assertThat(answer.get(60, TimeUnit.SECONDS).hasOutput()).isTrue();
      }
      assertThat(greedy.ask(probe(100_000)).hasOutput()).isTrue();
    }
  }

  private static Operation.Builder probe(long id) {
    return Operation.newBuilder().setId(id).setProbe(Probe.getDefaultInstance());
  }

  @Test
  void operation_notBegunByItsDeadline_isDropped() throws Exception {
    ByteString key = create(KeyType.RSA_2048).getSpec().getId();
    try (TestClient client = new TestClient(node, cluster.user())) {
      library.set(Fault.on("C_Sign").always().hangs());
      for (int i = 1; i <= SESSIONS; i++) {
        client.send(signature(i, key));
      }
      Awaitility.await().until(() -> library.hanging() >= SESSIONS);
      CompletableFuture<Answer> late =
          client.send(signature(SESSIONS + 1, key).setDeadlineMillis(1));
      // Answered at once, and so after the one before it has arrived.
      client.ask(probe(SESSIONS + 2).setDeadlineMillis(-1));
      long arrivedNanos = System.nanoTime();
      Awaitility.await().until(() -> System.nanoTime() - arrivedNanos > 1_000_000);

      library.clear();

      assertThat(late.get(60, TimeUnit.SECONDS).getError().getKind())
          .isEqualTo(Error.Kind.DEADLINE_EXCEEDED);
    }
  }

  private static Operation.Builder signature(long id, ByteString key) {
    return operation(id, key, new byte[32])
        .setDeadlineMillis(60_000)
        .setSign(AlgorithmCodec.toWire(new SignatureAlgorithm.RsaPkcs1(), null));
  }

  @Test
  void operation_malformed_isBadInputAndTheStreamGoesOn() throws Exception {
    ByteString key = create(KeyType.AES_256).getSpec().getId();
    List<Operation.Builder> malformed =
        List.of(
            Operation.newBuilder().setId(1),
            probe(2).setDeadlineMillis(-1),
            Operation.newBuilder().setId(3).setRandomBytes(Limits.RANDOM_BYTES + 1),
            operation(4, ByteString.copyFrom(new byte[3]), new byte[0])
                .setCheckValue(CheckValue.getDefaultInstance()),
            operation(5, key, new byte[Limits.INPUT_BYTES + 1]).setMac(Mac.getDefaultInstance()));
    try (TestClient client = new TestClient(node, cluster.user())) {
      assertThat(client.askAll(malformed))
          .allSatisfy(a -> assertThat(a.getError().getKind()).isEqualTo(Error.Kind.BAD_INPUT));
      assertThat(client.ask(probe(6)).getOutput().size()).isEqualTo(16);
    }
  }

  @Test
  void reservedKeys_areNotFoundByOperations() throws Exception {
    for (KeyId id : ReservedKeys.IDS) {
      Answer answer =
          officer.ask(
              operation(id.low(), KeyCodec.toWire(id), new byte[0])
                  .setCheckValue(CheckValue.getDefaultInstance()));
      assertThat(answer.getError().getKind()).isEqualTo(Error.Kind.KEY_NOT_FOUND);
    }
    var inventory = await(user.calls().inventory(InventoryRequest.getDefaultInstance()));
    assertThat(inventory.getKeysList())
        .noneMatch(key -> key.getSpec().getLabel().startsWith("strongroom-"));
  }

  @Test
  void node_describesItself() throws Exception {
    DescribeReply reply = await(user.calls().describe(DescribeRequest.getDefaultInstance()));
    assertThat(reply.getCluster()).isEqualTo("demo");
    assertThat(reply.getName()).isEqualTo("a");
    assertThat(reply.getZone()).isEqualTo("az-a");
    assertThat(reply.getSessions()).isEqualTo(SESSIONS);
    assertThat(reply.getDomainCheckValue().size()).isEqualTo(3);
    assertThat(reply.getMechanismsList()).anyMatch(m -> m.getName().equals("CKM_AES_GCM"));
  }

  @Test
  void start_withTheCertificateOfAnother_isRefused() {
    NodeConfig right = cluster.config(token);
    TlsFiles wrong = cluster.officer();
    NodeConfig config =
        new NodeConfig(
            right.cluster(),
            right.name(),
            right.zone(),
            right.listen(),
            right.hsm(),
            right.seals(),
            wrong.ca(),
            wrong.certificate(),
            wrong.key(),
            right.peers(),
            right.sync());
    assertThatThrownBy(() -> HsmNode.start(config))
        .isInstanceOf(HsmException.BadInput.class)
        .hasMessageContaining("spiffe://demo/officer/admin");
  }
}
