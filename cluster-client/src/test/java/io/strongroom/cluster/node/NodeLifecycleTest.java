package io.strongroom.cluster.node;

import static io.strongroom.cluster.node.TestClient.await;
import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import com.google.protobuf.ByteString;
import io.strongroom.cluster.identity.Pem;
import io.strongroom.cluster.wire.AlgorithmCodec;
import io.strongroom.cluster.wire.KeyCodec;
import io.strongroom.cluster.wire.v1.Answer;
import io.strongroom.cluster.wire.v1.CreateRequest;
import io.strongroom.cluster.wire.v1.DescribeRequest;
import io.strongroom.cluster.wire.v1.NodeGrpcClient;
import io.strongroom.cluster.wire.v1.Operation;
import io.strongroom.hsm.HsmException;
import io.strongroom.hsm.KeyId;
import io.strongroom.hsm.KeySpec;
import io.strongroom.hsm.KeyType;
import io.strongroom.hsm.SignatureAlgorithm;
import io.vertx.core.buffer.Buffer;
import io.vertx.grpc.common.GrpcStatus;
import io.vertx.grpc.common.ServiceName;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.StandardCopyOption;
import java.security.SecureRandom;
import java.security.cert.Certificate;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.TimeUnit;
import org.awaitility.Awaitility;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.TestInstance;
import org.junit.jupiter.api.io.TempDir;

@TestInstance(TestInstance.Lifecycle.PER_CLASS)
class NodeLifecycleTest {
  private static final SecureRandom RANDOM = new SecureRandom();
  private static final Duration LIMIT = Duration.ofSeconds(60);

  private Path root;
  private TestCluster cluster;
  private TestToken token;

  @BeforeAll
  void makeAToken(@TempDir Path folder) {
    root = folder;
    cluster = new TestCluster(folder);
    token = cluster.first("a");
  }

  @Test
  void close_withOperationsUnderWay_answersThemAllFirst() throws Exception {
    HsmNode node = cluster.start(token);
    KeySpec spec = KeySpec.of(KeyId.random(RANDOM), "slow", KeyType.RSA_4096);
    try (TestClient officer = new TestClient(node, cluster.officer())) {
      await(
          officer
              .calls()
              .create(CreateRequest.newBuilder().setSpec(KeyCodec.toWire(spec)).build()));
      List<CompletableFuture<Answer>> answers = new ArrayList<>();
      for (int i = 0; i < 100; i++) {
        answers.add(
            officer.send(
                Operation.newBuilder()
                    .setId(i)
                    .setKey(KeyCodec.toWire(spec.id()))
                    .setInput(ByteString.copyFrom(new byte[32]))
                    .setSign(AlgorithmCodec.toWire(new SignatureAlgorithm.RsaPkcs1(), null))));
      }
      assertThat(answers.getFirst().get(20, TimeUnit.SECONDS).hasOutput()).isTrue();

      node.close();

      for (CompletableFuture<Answer> answer : answers) {
        Answer got = answer.get(20, TimeUnit.SECONDS);
        assertThat(got.hasOutput() || got.getError().getMessage().contains("shutting down"))
            .isTrue();
      }
      officer.streamEnd().get(20, TimeUnit.SECONDS);
    }
    node.close();
  }

  @Test
  void certificates_exchangedOnDisk_areUsedWithoutARestart() throws Exception {
    TestToken other = cluster.joined("renewing", token);
    try (HsmNode node = cluster.start(other)) {
      Path fresh = Files.createDirectory(root.resolve("fresh"));
      cluster.authority().issueNode("renewing", fresh);
      var wanted = Pem.readCertificate(fresh.resolve("node.crt"));

      for (String file : new String[] {"node.key", "node.crt"}) {
        Files.move(
            fresh.resolve(file), other.folder().resolve(file), StandardCopyOption.REPLACE_EXISTING);
      }

      Awaitility.await()
          .atMost(LIMIT)
          .untilAsserted(() -> assertThat(certificateOf(node)).isEqualTo(wanted));
    }
  }

  private Certificate certificateOf(HsmNode node) throws Exception {
    try (TestClient client = new TestClient(node, cluster.user())) {
      var request = await(client.grpc().request(client.address(), NodeGrpcClient.Describe));
      request.end(DescribeRequest.getDefaultInstance());
      await(request.response());
      return request.connection().peerCertificates().getFirst();
    }
  }

  @Test
  void health_ofAServingNode_isServingForEveryRoleOfTheCluster() throws Exception {
    try (HsmNode node = cluster.start(token);
        TestClient user = new TestClient(node, cluster.user())) {
      var request = await(user.grpc().request(user.address()));
      request.serviceName(ServiceName.create("grpc.health.v1", "Health")).methodName("Check");
      request.end(Buffer.buffer());
      var response = await(request.response());
      Buffer reply = await(response.last());
      // HealthCheckResponse { status = 1: SERVING }
      assertThat(reply.getBytes()).isEqualTo(new byte[] {8, 1});
      assertThat(response.status()).isEqualTo(GrpcStatus.OK);
    }
  }

  @Test
  void start_withATokenThatHasNotJoined_isRefusedAndLeavesNothingOpen() throws Exception {
    TestToken stranger = TestToken.create(root, "stranger");
    cluster.authority().issueNode("stranger", stranger.folder());
    for (int i = 0; i < 2; i++) {
      assertThatThrownBy(() -> cluster.start(stranger))
          .isInstanceOf(HsmException.BadInput.class)
          .hasMessageContaining("join");
    }
  }

  @Test
  void start_onAnAddressInUse_saysSo() {
    TestToken second = cluster.joined("second", token);
    try (HsmNode node = cluster.start(token)) {
      NodeConfig free = cluster.config(second);
      NodeConfig taken =
          new NodeConfig(
              free.cluster(),
              free.name(),
              free.zone(),
              node.address(),
              free.hsm(),
              free.seals(),
              free.ca(),
              free.certificate(),
              free.key(),
              free.peers(),
              free.sync());
      assertThatThrownBy(() -> HsmNode.start(taken))
          .isInstanceOf(HsmException.DeviceUnavailable.class)
          .hasMessageContaining("cannot listen");
    }
  }
}
