package io.strongroom.cluster.node;

import static io.strongroom.cluster.node.OperateStreams.probe;
import static io.strongroom.cluster.node.TestClient.await;
import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.fail;

import com.google.protobuf.ByteString;
import com.google.protobuf.InvalidProtocolBufferException;
import com.google.protobuf.Message;
import com.google.protobuf.Parser;
import io.strongroom.cluster.wire.AlgorithmCodec;
import io.strongroom.cluster.wire.DeriveCodec;
import io.strongroom.cluster.wire.ErrorCodec;
import io.strongroom.cluster.wire.KeyCodec;
import io.strongroom.cluster.wire.v1.Answer;
import io.strongroom.cluster.wire.v1.CheckValue;
import io.strongroom.cluster.wire.v1.Cipher;
import io.strongroom.cluster.wire.v1.CreateRequest;
import io.strongroom.cluster.wire.v1.DeriveAlgorithm;
import io.strongroom.cluster.wire.v1.Error;
import io.strongroom.cluster.wire.v1.HeldKey;
import io.strongroom.cluster.wire.v1.Mac;
import io.strongroom.cluster.wire.v1.NodeGrpcService;
import io.strongroom.cluster.wire.v1.Operation;
import io.strongroom.cluster.wire.v1.Signature;
import io.strongroom.cluster.wire.v1.WrapAlgorithm;
import io.strongroom.hsm.Digest;
import io.strongroom.hsm.HsmException;
import io.strongroom.hsm.KeyId;
import io.strongroom.hsm.KeySpec;
import io.strongroom.hsm.KeyType;
import io.strongroom.hsm.SignatureAlgorithm;
import io.vertx.core.buffer.Buffer;
import io.vertx.grpc.client.GrpcClientRequest;
import io.vertx.grpc.common.ServiceName;
import java.nio.file.Path;
import java.security.SecureRandom;
import java.util.Arrays;
import java.util.List;
import java.util.Random;
import java.util.concurrent.ExecutionException;
import java.util.concurrent.LinkedBlockingQueue;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.TimeoutException;
import java.util.function.Consumer;
import java.util.stream.Stream;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.Arguments;
import org.junit.jupiter.params.provider.MethodSource;

/**
 * Random and mutated messages: what is malformed is refused as such, and nothing else happens. The
 * seed is printed, and {@code -Dstrongroom.fuzz.seed} repeats a run.
 */
class DecoderFuzzTest {
  private static final int MUTATIONS = 4000;
  private static final int STREAMS = 150;
  private static final int OPERATIONS_PER_STREAM = 10;

  private final long seed = Long.getLong("strongroom.fuzz.seed", System.nanoTime());
  private final Random random = new Random(seed);

  static Stream<Arguments> decoders() {
    byte[] bytes = {1, 2, 3, 4};
    ByteString some = ByteString.copyFrom(bytes);
    KeySpec spec = KeySpec.of(new KeyId(1, 2), "fuzzed", KeyType.RSA_2048);
    return Stream.of(
        decoder(
            Cipher.newBuilder()
                .setAlgorithm(Cipher.Algorithm.AES_GCM)
                .setIv(some)
                .setAad(some)
                .setTagBits(128)
                .setDigest("SHA_256")
                .setMgf("SHA_1")
                .build(),
            Cipher.parser(),
            AlgorithmCodec::fromWire),
        decoder(
            Signature.newBuilder()
                .setAlgorithm(Signature.Algorithm.RSA_PSS)
                .setDigest("SHA_256")
                .setMgf("SHA_256")
                .setSaltBytes(32)
                .setSignature(some)
                .build(),
            Signature.parser(),
            s -> {
              AlgorithmCodec.signatureFromWire(s);
              AlgorithmCodec.fromWire(s);
            }),
        decoder(
            Mac.newBuilder().setDigest("SHA_512").build(), Mac.parser(), AlgorithmCodec::fromWire),
        decoder(
            AlgorithmCodec.toWire(new io.strongroom.hsm.WrapAlgorithm.RsaOaep(Digest.SHA_256)),
            WrapAlgorithm.parser(),
            AlgorithmCodec::fromWire),
        decoder(
            DeriveCodec.toWire(
                new io.strongroom.hsm.DeriveAlgorithm.Hkdf(Digest.SHA_256, bytes, bytes)),
            DeriveAlgorithm.parser(),
            DeriveCodec::fromWire),
        decoder(
            KeyCodec.toWire(spec),
            io.strongroom.cluster.wire.v1.KeySpec.parser(),
            KeyCodec::fromWire),
        decoder(
            HeldKey.newBuilder()
                .setSpec(KeyCodec.toWire(spec))
                .setPublicKey(some)
                .setCheckValue(ByteString.copyFrom(new byte[3]))
                .build(),
            HeldKey.parser(),
            k -> KeyCodec.fromWire(k, List.of("a"))),
        decoder(
            ErrorCodec.toWire(new HsmException.BadInput("a message"), "a"),
            Error.parser(),
            e -> ErrorCodec.fromWire(e, "a")));
  }

  private static <M extends Message> Arguments decoder(
      M valid, Parser<M> parser, Consumer<M> codec) {
    Consumer<byte[]> decode =
        bytes -> {
          try {
            codec.accept(parser.parseFrom(bytes));
          } catch (InvalidProtocolBufferException e) {
            // Vert.x takes the stream back for this one.
            assertThat(e).isNotNull();
          }
        };
    return Arguments.of(valid.getDescriptorForType().getName(), valid.toByteArray(), decode);
  }

  @ParameterizedTest(name = "{0}")
  @MethodSource("decoders")
  void decoder_ofAnything_answersOrSaysWhatIsWrong(
      String name, byte[] valid, Consumer<byte[]> decode) {
    for (int i = 0; i < MUTATIONS; i++) {
      byte[] bytes = i % 4 == 0 ? randomBytes(200) : mutated(valid);
      try {
        decode.accept(bytes);
      } catch (HsmException.BadInput | HsmException.UnsupportedMechanism e) {
        assertThat(e.text()).isNotEmpty();
      } catch (RuntimeException e) {
        fail(name + " with seed " + seed, e);
      }
    }
  }

  private byte[] randomBytes(int most) {
    byte[] bytes = new byte[random.nextInt(most)];
    random.nextBytes(bytes);
    return bytes;
  }

  /** Flips, cuts, doubles and replaces. */
  private byte[] mutated(byte[] valid) {
    byte[] bytes = valid.clone();
    for (int i = random.nextInt(4); i >= 0 && bytes.length > 0; i--) {
      int at = random.nextInt(bytes.length);
      switch (random.nextInt(4)) {
        case 0 -> bytes[at] ^= (byte) (1 << random.nextInt(8));
        case 1 -> bytes[at] = (byte) random.nextInt();
        case 2 -> bytes = Arrays.copyOf(bytes, at);
        default -> {
          byte[] longer = Arrays.copyOf(bytes, bytes.length + at);
          System.arraycopy(bytes, 0, longer, bytes.length, at);
          bytes = longer;
        }
      }
    }
    return bytes;
  }

  @Test
  void liveNode_sentAnything_refusesItAndServesOn(@TempDir Path root) throws Exception {
    TestCluster cluster = new TestCluster(root);
    try (HsmNode node = cluster.start(cluster.first("a"));
        TestClient officer = new TestClient(node, cluster.officer());
        // The other one may lose its connection, for it takes back more streams than anyone may.
        TestClient after = new TestClient(node, cluster.officer());
        LogLines lines = new LogLines("io.strongroom")) {
      ByteString rsa = create(officer, "fuzz-rsa", KeyType.RSA_2048);
      ByteString aes = create(officer, "fuzz-aes", KeyType.AES_256);
      List<byte[]> valid = validOperations(rsa, aes);
      for (int i = 0; i < STREAMS; i++) {
        operate(officer, valid);
        call(officer);
      }
      assertThat(lines.with("event=operation_failed")).as("seed %d", seed).isEmpty();
      assertThat(lines.with("event=call_failed")).as("seed %d", seed).isEmpty();
      // More at once than the token has sessions: none of them was left in another operation.
      for (int i = 1; i <= 3 * 8; i++) {
        assertThat(after.ask(probe(i)).hasOutput()).as("seed %d", seed).isTrue();
        assertThat(
                after
                    .ask(Operation.newBuilder(Operation.parseFrom(valid.getFirst())).setId(i))
                    .hasOutput())
            .as("seed %d", seed)
            .isTrue();
      }
    }
  }

  private static ByteString create(TestClient officer, String label, KeyType type)
      throws Exception {
    KeySpec spec = KeySpec.of(KeyId.random(new SecureRandom()), label, type);
    await(
        officer.calls().create(CreateRequest.newBuilder().setSpec(KeyCodec.toWire(spec)).build()));
    return KeyCodec.toWire(spec.id());
  }

  private static List<byte[]> validOperations(ByteString rsa, ByteString aes) {
    ByteString block = ByteString.copyFrom(new byte[32]);
    Operation.Builder base = Operation.newBuilder().setDeadlineMillis(10_000).setInput(block);
    return Stream.of(
            base.clone()
                .setKey(rsa)
                .setSign(AlgorithmCodec.toWire(new SignatureAlgorithm.RsaPkcs1(), null)),
            base.clone()
                .setKey(rsa)
                .setVerify(AlgorithmCodec.toWire(new SignatureAlgorithm.RsaPkcs1(), new byte[256])),
            base.clone()
                .setKey(aes)
                .setEncrypt(
                    Cipher.newBuilder().setAlgorithm(Cipher.Algorithm.AES_GCM).setTagBits(128)),
            base.clone()
                .setKey(aes)
                .setDecrypt(
                    Cipher.newBuilder()
                        .setAlgorithm(Cipher.Algorithm.AES_CBC_PAD)
                        .setIv(ByteString.copyFrom(new byte[16]))),
            base.clone().setKey(aes).setCheckValue(CheckValue.getDefaultInstance()),
            base.clone().setRandomBytes(32))
        .map(o -> o.build().toByteArray())
        .toList();
  }

  /** A stream of its own for some messages: it ends when one cannot be parsed. */
  private void operate(TestClient client, List<byte[]> valid) throws Exception {
    var answers = new LinkedBlockingQueue<Buffer>();
    try {
      GrpcClientRequest<Buffer, Buffer> stream = open(client, "Operate");
      for (int i = 0; i < OPERATIONS_PER_STREAM; i++) {
        byte[] bytes =
            i % 5 == 4 ? randomBytes(300) : mutated(valid.get(random.nextInt(valid.size())));
        stream.write(Buffer.buffer(bytes));
      }
      stream.end();
      var response = await(stream.response().timeout(20, TimeUnit.SECONDS));
      response.handler(answers::add);
      await(response.end());
    } catch (IllegalStateException e) {
      assertThat(e).hasMessageContaining("CANCELLED");
    } catch (ExecutionException e) {
      // Taken back by the node, or its connection was at its end.
      assertThat(e.getCause()).isNotInstanceOf(TimeoutException.class);
    }
    for (Buffer bytes : answers) {
      Answer answer = Answer.parseFrom(bytes.getBytes());
      assertThat(answer.getResultCase()).isNotEqualTo(Answer.ResultCase.RESULT_NOT_SET);
    }
  }

  private static final List<String> CALLS =
      List.of("Create", "Unwrap", "Derive", "GetSeal", "PutSeal", "Destroy", "PutTombstone");

  private void call(TestClient client) throws Exception {
    try {
      GrpcClientRequest<Buffer, Buffer> request =
          open(client, CALLS.get(random.nextInt(CALLS.size())));
      request.end(Buffer.buffer(randomBytes(100)));
      await(request.response().compose(r -> r.end()).timeout(20, TimeUnit.SECONDS));
    } catch (ExecutionException e) {
      assertThat(e.getCause()).isNotInstanceOf(TimeoutException.class);
    }
  }

  private static GrpcClientRequest<Buffer, Buffer> open(TestClient client, String method)
      throws Exception {
    GrpcClientRequest<Buffer, Buffer> request = await(client.grpc().request(client.address()));
    request
        .serviceName(ServiceName.create(NodeGrpcService.SERVICE_NAME.fullyQualifiedName()))
        .methodName(method);
    return request;
  }
}
