package io.strongroom.cluster.node;

import static io.strongroom.cluster.node.OperateStreams.probe;
import static io.strongroom.cluster.node.TestClient.await;
import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import com.google.protobuf.ByteString;
import io.strongroom.cluster.identity.Refusal;
import io.strongroom.cluster.wire.Limits;
import io.strongroom.cluster.wire.v1.Answer;
import io.strongroom.cluster.wire.v1.DescribeRequest;
import io.strongroom.cluster.wire.v1.NodeGrpcClient;
import io.strongroom.cluster.wire.v1.Operation;
import io.vertx.grpc.client.GrpcClientRequest;
import io.vertx.grpc.client.GrpcClientResponse;
import io.vertx.grpc.common.GrpcStatus;
import io.vertx.grpc.common.WireFormat;
import java.io.DataOutputStream;
import java.io.IOException;
import java.net.SocketException;
import java.nio.file.Path;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import javax.net.ssl.SSLContext;
import javax.net.ssl.SSLException;
import javax.net.ssl.SSLSocket;
import org.awaitility.Awaitility;
import org.junit.jupiter.api.AfterAll;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.TestInstance;
import org.junit.jupiter.api.io.TempDir;

/** What a node refuses for its size, number or form; and that it serves others all the same. */
@TestInstance(TestInstance.Lifecycle.PER_CLASS)
class NodeLimitsTest {
  private static final Duration LIMIT = Duration.ofSeconds(60);

  private TestCluster cluster;
  private HsmNode node;
  private TestClient bystander;

  @BeforeAll
  void startANode(@TempDir Path root) {
    cluster = new TestCluster(root);
    node = cluster.start(cluster.first("a"));
    bystander = new TestClient(node, cluster.officer());
  }

  @AfterAll
  void close() {
    bystander.close();
    node.close();
  }

  private long bystanderId;

  @AfterEach
  void othersAreServed() throws Exception {
    assertThat(bystander.ask(probe(++bystanderId)).hasOutput()).isTrue();
  }

  private long count(Refusal reason) {
    return node.counters().refused(reason);
  }

  private TestClient user() {
    return new TestClient(node, cluster.user());
  }

  @Test
  void message_overItsLimit_endsTheStreamWithTheReason() throws Exception {
    long before = count(Refusal.TOO_LARGE);
    try (TestClient client = user()) {
      GrpcClientRequest<Operation, Answer> stream =
          await(client.grpc().request(client.address(), NodeGrpcClient.Operate));
      stream.write(
          Operation.newBuilder()
              .setId(1)
              .setInput(ByteString.copyFrom(new byte[Limits.MESSAGE_BYTES]))
              .build());
      GrpcClientResponse<Operation, Answer> response = await(stream.response());
      assertThatThrownBy(() -> await(response.end())).hasMessageContaining("RESOURCE_EXHAUSTED");
      assertThat(client.ask(probe(1)).hasOutput()).isTrue();
    }
    assertThat(count(Refusal.TOO_LARGE)).isEqualTo(before + 1);
  }

  @Test
  void message_compressed_isRefusedBeforeItIsOpened() throws Exception {
    long before = count(Refusal.FORMAT);
    try (TestClient client = user()) {
      GrpcClientRequest<Operation, Answer> stream =
          await(client.grpc().request(client.address(), NodeGrpcClient.Operate));
      stream.encoding("gzip");
      stream.end(
          Operation.newBuilder()
              .setId(1)
              .setInput(ByteString.copyFrom(new byte[Limits.MESSAGE_BYTES]))
              .build());
      GrpcClientResponse<Operation, Answer> response = await(stream.response());
      assertThat(response.status()).isEqualTo(GrpcStatus.UNIMPLEMENTED);
      assertThat(response.statusMessage()).contains("uncompressed");
    }
    assertThat(count(Refusal.FORMAT)).isEqualTo(before + 1);
  }

  @Test
  void message_inJson_isRefused() throws Exception {
    try (TestClient client = user()) {
      var request = await(client.grpc().request(client.address(), NodeGrpcClient.Describe));
      request.format(WireFormat.JSON);
      request.end(DescribeRequest.getDefaultInstance());
      assertThat(await(request.response()).status()).isEqualTo(GrpcStatus.UNIMPLEMENTED);
    }
  }

  @Test
  void headers_overTheirLimit_areRefused() throws Exception {
    try (TestClient client = user()) {
      var request = await(client.grpc().request(client.address(), NodeGrpcClient.Describe));
      request.headers().set("x-long", "x".repeat(2 * Limits.HEADER_BYTES));
      assertThatThrownBy(
              () -> {
                request.end(DescribeRequest.getDefaultInstance());
                await(await(request.response()).last());
              })
          .isNotNull();
    }
  }

  @Test
  void streams_onOneConnection_areAsManyAsTheNodeSays() throws Exception {
    try (TestClient client = user()) {
      var request = await(client.grpc().request(client.address(), NodeGrpcClient.Describe));
      request.end(DescribeRequest.getDefaultInstance());
      await(request.response());
      assertThat(request.connection().remoteSettings().getMaxConcurrentStreams())
          .isEqualTo(Limits.STREAMS);
      assertThat(request.connection().remoteSettings().getMaxHeaderListSize())
          .isEqualTo(Limits.HEADER_BYTES);
    }
  }

  @Test
  void operations_overTheLimitOfBytes_areThrottled() throws Exception {
    long before = count(Refusal.OUTSTANDING);
    try (TestClient client = user()) {
      List<Operation.Builder> operations = new ArrayList<>();
      for (int i = 1; i <= 80; i++) {
        operations.add(probe(i).setInput(ByteString.copyFrom(new byte[Limits.INPUT_BYTES])));
      }
      List<Answer> answers = client.askAll(operations);
      assertThat(answers).allMatch(a -> a.hasOutput() || a.hasError());
    }
    // Whether some are refused depends on how fast the token is; what it takes, it gives back.
    assertThat(count(Refusal.OUTSTANDING)).isGreaterThanOrEqualTo(before);
    Awaitility.await().atMost(LIMIT).until(() -> node.counters().connections() == 1);
  }

  @Test
  void calls_takenBackOneAfterTheOther_endTheConnection() throws Exception {
    long before = count(Refusal.FLOOD);
    String path = "/" + NodeGrpcClient.Operate.fullMethodName();
    flood(out -> {
      for (int i = 0; i < 2 * Limits.RESETS_PER_WINDOW; i++) {
        Http2Frames.takenBack(out, path, 2 * i + 1);
      }
    });
    Awaitility.await().atMost(LIMIT).until(() -> count(Refusal.FLOOD) > before);
  }

  @Test
  void pings_inGreatNumber_endTheConnection() throws Exception {
    floodOf(Http2Frames.PING, new byte[8]);
  }

  @Test
  void settings_inGreatNumber_endTheConnection() throws Exception {
    floodOf(Http2Frames.SETTINGS, new byte[0]);
  }

  private void floodOf(int type, byte[] payload) throws Exception {
    long before = count(Refusal.FLOOD);
    flood(out -> {
      for (int i = 0; i < 2 * Limits.CONTROL_FRAMES_PER_WINDOW; i++) {
        Http2Frames.frame(out, type, payload);
      }
    });
    Awaitility.await().atMost(LIMIT).until(() -> count(Refusal.FLOOD) > before);
  }

  private interface Frames {
    void send(DataOutputStream out) throws IOException;
  }

  // Comes back when the node has ended the connection, and only then.
  private void flood(Frames frames) throws Exception {
    try (SSLSocket socket = connect(Http2Frames.context(cluster.user()))) {
      DataOutputStream out = Http2Frames.output(socket);
      Http2Frames.preface(out);
      frames.send(out);
      out.flush();
      socket.getInputStream().readAllBytes();
    } catch (SocketException | SSLException e) {
      // It may be gone before all is sent.
      assertThat(e).isNotNull();
    }
  }

  private SSLSocket connect(SSLContext context) throws IOException {
    return Http2Frames.connect(context, node, LIMIT);
  }

  @Test
  void connections_ofOneIdentityBeyondTheLimit_areTurnedAway() throws Exception {
    // Those of the tests before may not be closed at the node yet.
    Awaitility.await().atMost(LIMIT).until(() -> node.counters().connections() == 1);
    SSLContext context = Http2Frames.context(cluster.user());
    List<SSLSocket> open = new ArrayList<>();
    try {
      while (count(Refusal.TOO_MANY_OF_IDENTITY) == 0) {
        SSLSocket socket = connect(context);
        open.add(socket);
        boolean served = Http2Frames.isServed(socket);
        assertThat(served)
            .as("connection %d", open.size())
            .isEqualTo(open.size() <= Limits.CONNECTIONS_PER_IDENTITY);
      }
      assertThat(open).hasSize(Limits.CONNECTIONS_PER_IDENTITY + 1);
    } finally {
      for (SSLSocket socket : open) {
        socket.close();
      }
    }
    Awaitility.await()
        .atMost(LIMIT)
        .ignoreExceptions()
        .until(() -> {
          try (SSLSocket again = connect(context)) {
            return Http2Frames.isServed(again);
          }
        });
  }
}
