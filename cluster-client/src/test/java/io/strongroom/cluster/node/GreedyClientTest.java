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
import io.vertx.grpc.client.GrpcClientRequest;
import java.nio.file.Path;
import java.security.SecureRandom;
import java.time.Duration;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.atomic.AtomicInteger;
import java.util.concurrent.atomic.AtomicLong;
import org.awaitility.Awaitility;
import org.junit.jupiter.api.AfterAll;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.TestInstance;
import org.junit.jupiter.api.io.TempDir;

/** What a node does for others while one caller is greedy, slow, or gone. */
@TestInstance(TestInstance.Lifecycle.PER_CLASS)
class GreedyClientTest {
  private static final Duration LIMIT = Duration.ofSeconds(60);
  private static final int SESSIONS = 8;

  private TestCluster cluster;
  private TlsFiles other;
  private HsmNode node;
  private ByteString key;

  @BeforeAll
  void startANodeWithASlowKey(@TempDir Path root) throws Exception {
    cluster = new TestCluster(root);
    node = cluster.start(cluster.first("a"));
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
    node.close();
  }

  private Operation.Builder signature(long id) {
    return Operation.newBuilder()
        .setId(id)
        .setKey(key)
        .setDeadlineMillis(60_000)
        .setInput(ByteString.copyFrom(new byte[32]))
        .setSign(AlgorithmCodec.toWire(new SignatureAlgorithm.RsaPkcs1(), null));
  }

  /** Keeps as many operations outstanding as it may, until it is told to stop. */
  private final class Greedy {
    private final TestClient client = new TestClient(node, cluster.user());
    private final AtomicInteger signed;
    private final AtomicLong lastId = new AtomicLong();
    private volatile boolean stopped;

    Greedy(AtomicInteger signed) {
      this.signed = signed;
      for (int i = 0; i < Limits.OUTSTANDING; i++) {
        next();
      }
    }

    private void next() {
      client
          .send(signature(lastId.incrementAndGet()))
          .thenAccept(answer -> {
            signed.addAndGet(answer.hasOutput() ? 1 : 0);
            if (!stopped) {
              next();
            }
          });
    }

    void stop() {
      stopped = true;
      client.close();
    }
  }

  @Test
  void modestCaller_besideAGreedyOne_waitsForAFewOperationsOnly() throws Exception {
    AtomicInteger signed = new AtomicInteger();
    Greedy[] greedy = {new Greedy(signed), new Greedy(signed)};
    try (TestClient modest = new TestClient(node, other)) {
      Awaitility.await().atMost(LIMIT).until(() -> signed.get() > SESSIONS);
      int before = signed.get();
      int probes = 20;
      for (int i = 1; i <= probes; i++) {
        assertThat(modest.ask(probe(i)).hasOutput()).isTrue();
      }
      // In a queue for all, 512 signatures would have been made before each.
      assertThat((signed.get() - before) / probes).isLessThan(Limits.OUTSTANDING / 2);
    } finally {
      for (Greedy one : greedy) {
        one.stop();
      }
    }
  }

  @Test
  void operations_ofACallerThatHasGone_areNotDone() throws Exception {
    long before = node.counters().droppedAbandoned();
    try (TestClient leaving = new TestClient(node, cluster.user())) {
      CompletableFuture<Answer> first = leaving.send(signature(1));
      for (int i = 2; i <= Limits.OUTSTANDING; i++) {
        leaving.send(signature(i));
      }
      first.get();
    }
    Awaitility.await().atMost(LIMIT).until(() -> node.counters().droppedAbandoned() > before);
  }

  @Test
  void operation_lateInTheQueue_isCountedAndNotDone() throws Exception {
    long before = node.counters().droppedLate();
    try (TestClient client = new TestClient(node, cluster.user())) {
      for (int i = 1; i < 100; i++) {
        client.send(signature(i));
      }
      Answer late = client.ask(signature(100).setDeadlineMillis(1));
      assertThat(late.getError().getKind()).isEqualTo(Error.Kind.DEADLINE_EXCEEDED);
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
      stream.write(random(0));
      await(response);
      for (int i = 1; i < operations; i++) {
        stream.write(random(i));
      }
      for (int i = 1; i <= 20; i++) {
        assertThat(modest.ask(probe(i)).hasOutput()).isTrue();
      }
      assertThat(answered.get()).isLessThan(operations);

      response.result().resume();

      Awaitility.await().atMost(LIMIT).until(() -> answered.get() == operations);
    }
  }

  private static Operation random(long id) {
    return Operation.newBuilder()
        .setId(id)
        .setDeadlineMillis(60_000)
        .setRandomBytes(Limits.RANDOM_BYTES)
        .build();
  }

  @Test
  void callers_thatLeaveMidCall_leaveNoErrorInTheLog() throws Exception {
    long abandoned = node.counters().droppedAbandoned();
    try (LogLines vertx = new LogLines("io.vertx");
        LogLines netty = new LogLines("io.netty")) {
      for (int round = 0; round < 5; round++) {
        try (TestClient leaving = new TestClient(node, cluster.officer())) {
          CompletableFuture<Answer> first = leaving.send(signature(1));
          for (int i = 2; i <= 100; i++) {
            leaving.send(signature(i));
          }
          leaving
              .calls()
              .create(
                  CreateRequest.newBuilder()
                      .setSpec(
                          KeyCodec.toWire(
                              KeySpec.of(
                                  KeyId.random(new SecureRandom()),
                                  "left-" + round,
                                  KeyType.RSA_2048)))
                      .build());
          first.get();
        }
      }
      try (TestClient client = new TestClient(node, cluster.user())) {
        assertThat(client.ask(probe(1)).hasOutput()).isTrue();
      }
      Awaitility.await().atMost(LIMIT).until(() -> node.counters().droppedAbandoned() > abandoned);
      assertThat(vertx.with("thrown=")).isEmpty();
      assertThat(netty.with("thrown=")).isEmpty();
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
