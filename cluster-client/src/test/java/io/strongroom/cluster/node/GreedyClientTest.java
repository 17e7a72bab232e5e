package io.strongroom.cluster.node;

import static io.strongroom.cluster.node.OperateStreams.probe;
import static io.strongroom.cluster.node.TestClient.await;
import static org.assertj.core.api.Assertions.assertThat;

import com.google.protobuf.ByteString;
import io.strongroom.cluster.Certificates;
import io.strongroom.cluster.identity.TlsFiles;
import io.strongroom.cluster.wire.AlgorithmCodec;
import io.strongroom.cluster.wire.KeyCodec;
import io.strongroom.cluster.wire.Limits;
import io.strongroom.cluster.wire.v1.Answer;
import io.strongroom.cluster.wire.v1.CreateRequest;
import io.strongroom.cluster.wire.v1.Error;
import io.strongroom.cluster.wire.v1.NodeGrpcClient;
import io.strongroom.cluster.wire.v1.Operation;
import io.strongroom.hsm.KeyId;
import io.strongroom.hsm.KeySpec;
import io.strongroom.hsm.KeyType;
import io.strongroom.hsm.SignatureAlgorithm;
import io.strongroom.softhsm.Fault;
import io.strongroom.softhsm.FaultyLibrary;
import io.strongroom.softhsm.SoftHsmToken;
import io.vertx.grpc.client.GrpcClientRequest;
import java.nio.file.Path;
import java.security.SecureRandom;
import java.time.Duration;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.atomic.AtomicInteger;
import org.awaitility.Awaitility;
import org.junit.jupiter.api.AfterAll;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.TestInstance;
import org.junit.jupiter.api.io.TempDir;

/**
 * What a node does for others while one caller is greedy, slow, or gone. The token's signatures
 * hang until they are released, so that what waits for them waits on any machine.
 */
@TestInstance(TestInstance.Lifecycle.PER_CLASS)
class GreedyClientTest {
  private static final Duration LIMIT = Duration.ofSeconds(60);
  private static final int SESSIONS = 8;

  private TestCluster cluster;
  private TlsFiles other;
  private FaultyLibrary library;
  private HsmNode node;
  private ByteString key;

  @BeforeAll
  void startANodeWithASlowKey(@TempDir Path root) throws Exception {
    cluster = new TestCluster(root);
    TestToken token = cluster.first("a");
    // A library of its own: the one that the domain was made with is initialised in this process.
    library = FaultyLibrary.over(SoftHsmToken.open(token.token().dir()).withOwnLibrary());
    node = cluster.start(token, library);
    other = new Certificates(root).issue(Certificates.shape("spiffe://demo/user/other"));
    KeySpec spec = KeySpec.of(KeyId.random(new SecureRandom()), "slow", KeyType.RSA_2048);
    key = KeyCodec.toWire(spec.id());
    try (TestClient officer = new TestClient(node, cluster.officer())) {
      var request = CreateRequest.newBuilder().setSpec(KeyCodec.toWire(spec)).build();
      assertThat(await(officer.calls().create(request)).getError().getMessage()).isEmpty();
    }
  }

  @AfterAll
  void close() {
    library.clear();
    node.close();
    library.close();
  }

  @AfterEach
  void letSignaturesGo() {
    library.clear();
  }

  private void holdSignatures() {
    library.set(Fault.on("C_Sign").always().hangs());
  }

  private void awaitAllSessionsHeld() {
    Awaitility.await().atMost(LIMIT).until(() -> library.hanging() >= SESSIONS);
  }

  /** Asks for so many signatures that one more is refused: by then the others have arrived. */
  private CompletableFuture<Answer> fill(TestClient client, Operation.Builder last)
      throws Exception {
    for (int i = 1; i < Limits.OUTSTANDING; i++) {
      client.send(signature(i));
    }
    CompletableFuture<Answer> answer = client.send(last);
    assertThat(client.ask(signature(Limits.OUTSTANDING + 1)).getError().getKind())
        .isEqualTo(Error.Kind.THROTTLED);
    return answer;
  }

  private Operation.Builder signature(long id) {
    return Operation.newBuilder()
        .setId(id)
        .setKey(key)
        .setDeadlineMillis(60_000)
        .setInput(ByteString.copyFrom(new byte[32]))
        .setSign(AlgorithmCodec.toWire(new SignatureAlgorithm.RsaPkcs1(), null));
  }

  @Test
  void modestCaller_besideAGreedyOne_waitsForAFewOperationsOnly() throws Exception {
    holdSignatures();
    try (TestClient greedy = new TestClient(node, cluster.user());
        TestClient modest = new TestClient(node, other)) {
      CompletableFuture<Answer> last = fill(greedy, signature(Limits.OUTSTANDING));
      awaitAllSessionsHeld();
      CompletableFuture<Answer> answer = modest.send(random(1));
      assertThat(modest.ask(probeThatIsMalformed()).getError().getKind())
          .isEqualTo(Error.Kind.BAD_INPUT);

      // One signature of each session is made, and the next one is held.
      library.release();

      assertThat(answer.get(LIMIT.toSeconds(), TimeUnit.SECONDS).hasOutput()).isTrue();
      // In a queue for all it would have come after the last.
      assertThat(last).isNotDone();
    }
  }

  /** Answered at once, and so after all that was sent before it has arrived. */
  private static Operation.Builder probeThatIsMalformed() {
    return probe(2).setDeadlineMillis(-1);
  }

  @Test
  void operations_ofACallerThatHasGone_areNotDone() throws Exception {
    long before = node.counters().droppedAbandoned();
    awaitNobodyConnected();
    holdSignatures();
    try (TestClient leaving = new TestClient(node, cluster.user())) {
      fill(leaving, signature(Limits.OUTSTANDING));
      awaitAllSessionsHeld();
    }
    awaitNobodyConnected();
    library.clear();
    Awaitility.await().atMost(LIMIT).until(() -> node.counters().droppedAbandoned() > before);
  }

  private void awaitNobodyConnected() {
    Awaitility.await().atMost(LIMIT).until(() -> node.counters().connections() == 0);
  }

  @Test
  void operation_lateInTheQueue_isCountedAndNotDone() throws Exception {
    long before = node.counters().droppedLate();
    holdSignatures();
    try (TestClient client = new TestClient(node, cluster.user())) {
      CompletableFuture<Answer> late =
          fill(client, signature(Limits.OUTSTANDING).setDeadlineMillis(1));
      awaitAllSessionsHeld();
      library.clear();
      Answer answer = late.get(LIMIT.toSeconds(), TimeUnit.SECONDS);
      assertThat(answer.getError().getKind()).isEqualTo(Error.Kind.DEADLINE_EXCEEDED);
      assertThat(node.counters().droppedLate()).isGreaterThan(before);
    }
  }

  @Test
  void caller_thatDoesNotReadItsAnswers_isNotReadEitherAndLosesNothing() throws Exception {
    int operations = 400;
    AtomicInteger answered = new AtomicInteger();
    try (TestClient slow = new TestClient(node, cluster.user());
        TestClient modest = new TestClient(node, other)) {
      GrpcClientRequest<Operation, Answer> stream =
          await(slow.grpc().request(slow.address(), NodeGrpcClient.Operate));
      var response =
          stream.response().onSuccess(r -> r.handler(_ -> answered.incrementAndGet()).pause());
      stream.write(random(0).build());
      await(response);
      for (int i = 1; i < operations; i++) {
        stream.write(random(i).build());
      }
      for (int i = 1; i <= 20; i++) {
        assertThat(modest.ask(probe(i)).hasOutput()).isTrue();
      }
      assertThat(answered.get()).isLessThan(operations);

      response.result().resume();

      Awaitility.await().atMost(LIMIT).until(() -> answered.get() == operations);
    }
  }

  private static Operation.Builder random(long id) {
    return Operation.newBuilder()
        .setId(id)
        .setDeadlineMillis(60_000)
        .setRandomBytes(Limits.RANDOM_BYTES);
  }

  @Test
  void callers_thatLeaveMidCall_leaveNoErrorInTheLog() throws Exception {
    long abandoned = node.counters().droppedAbandoned();
    try (LogLines vertx = new LogLines("io.vertx");
        LogLines netty = new LogLines("io.netty")) {
      for (int round = 0; round < 5; round++) {
        leaveMidCall("left-" + round);
      }
      // A quick node may have done all of it before it hears that nobody waits.
      Awaitility.await()
          .atMost(LIMIT)
          .until(() -> {
            boolean seen = node.counters().droppedAbandoned() > abandoned;
            if (!seen) {
              leaveMidCall("left-again");
            }
            return seen;
          });
      try (TestClient client = new TestClient(node, cluster.user())) {
        assertThat(client.ask(probe(1)).hasOutput()).isTrue();
      }
      assertThat(vertx.with("thrown=")).isEmpty();
      assertThat(netty.with("thrown=")).isEmpty();
    }
  }

  private void leaveMidCall(String label) throws Exception {
    try (TestClient leaving = new TestClient(node, cluster.officer())) {
      CompletableFuture<Answer> first = leaving.send(signature(1));
      for (int i = 2; i <= 100; i++) {
        leaving.send(signature(i));
      }
      KeySpec spec = KeySpec.of(KeyId.random(new SecureRandom()), label, KeyType.RSA_2048);
      leaving.calls().create(CreateRequest.newBuilder().setSpec(KeyCodec.toWire(spec)).build());
      first.get(LIMIT.toSeconds(), TimeUnit.SECONDS);
    }
  }

  @Test
  void stream_takenBackByItsCaller_isForgotten() throws Exception {
    try (LogLines vertx = new LogLines("io.vertx");
        TestClient client = new TestClient(node, cluster.user())) {
      long before = node.counters().droppedAbandoned();
      // A quick node may have done all of it before it hears that nobody waits.
      Awaitility.await()
          .atMost(LIMIT)
          .until(() -> {
            takeBackAStream(client);
            return node.counters().droppedAbandoned() > before;
          });
      assertThat(client.ask(probe(1)).hasOutput()).isTrue();
      assertThat(vertx.with("thrown=")).isEmpty();
    }
  }

  private void takeBackAStream(TestClient client) throws Exception {
    GrpcClientRequest<Operation, Answer> stream =
        await(client.grpc().request(client.address(), NodeGrpcClient.Operate));
    for (int i = 1; i <= 200; i++) {
      stream.write(signature(i).build());
    }
    await(stream.response());
    stream.cancel();
  }
}
