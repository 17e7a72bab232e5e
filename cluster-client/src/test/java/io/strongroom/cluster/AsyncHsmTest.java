package io.strongroom.cluster;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;
import static org.awaitility.Awaitility.await;

import io.strongroom.hsm.CipherAlgorithm.AesGcm;
import io.strongroom.hsm.DeriveAlgorithm;
import io.strongroom.hsm.Digest;
import io.strongroom.hsm.Encrypted;
import io.strongroom.hsm.ExportAttempt;
import io.strongroom.hsm.HsmException;
import io.strongroom.hsm.KeyId;
import io.strongroom.hsm.KeyInfo;
import io.strongroom.hsm.KeySpec;
import io.strongroom.hsm.KeyType;
import io.strongroom.hsm.MacAlgorithm;
import io.strongroom.hsm.SignatureAlgorithm;
import io.strongroom.hsm.WrapAlgorithm;
import io.vertx.core.Context;
import io.vertx.core.DeploymentOptions;
import io.vertx.core.Future;
import io.vertx.core.Promise;
import io.vertx.core.ThreadingModel;
import io.vertx.core.VerticleBase;
import io.vertx.core.Vertx;
import io.vertx.core.buffer.Buffer;
import io.vertx.core.http.HttpClientResponse;
import io.vertx.core.http.HttpMethod;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.security.SecureRandom;
import java.time.Duration;
import java.util.List;
import java.util.Objects;
import java.util.Queue;
import java.util.concurrent.ConcurrentLinkedQueue;
import java.util.concurrent.ExecutionException;
import java.util.concurrent.TimeUnit;
import java.util.stream.IntStream;
import java.util.stream.Stream;
import org.junit.jupiter.api.AfterAll;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.EnumSource;

/** A cluster of three real nodes, used by an application's verticles. */
class AsyncHsmTest {

  private static final byte[] TEXT = "on whose loop".getBytes(StandardCharsets.UTF_8);
  private static final AesGcm GCM = AesGcm.withDeviceIv(new byte[0]);

  @TempDir static Path folder;

  private static ProxiedCluster cluster;
  private static Vertx vertx;
  private final SecureRandom random = new SecureRandom();

  @BeforeAll
  static void start() throws Exception {
    cluster = new ProxiedCluster(folder);
    vertx = Vertx.vertx();
  }

  @AfterAll
  static void stop() throws Exception {
    result(vertx.close());
    cluster.close();
  }

  @BeforeEach
  void heal() {
    cluster.heal();
  }

  @AfterEach
  void end() throws Exception {
    for (String id : vertx.deploymentIDs()) {
      result(vertx.undeploy(id).otherwiseEmpty());
    }
  }

  /** Encrypts and decrypts with a key of its own, and sees where it hears of it. */
  private static final class Application extends VerticleBase {
    private final KeySpec spec;
    private final Promise<AsyncHsm> opened = Promise.promise();
    private final Queue<String> elsewhere = new ConcurrentLinkedQueue<>();

    Application(KeySpec spec) {
      this.spec = spec;
    }

    @Override
    public Future<?> start() {
      return AsyncHsm.open(vertx, cluster.config())
          .map(this::here)
          .onComplete(opened::tryComplete, opened::tryFail);
    }

    Future<byte[]> work(AsyncHsm hsm) {
      Promise<byte[]> done = Promise.promise();
      context.runOnContext(_ ->
          hsm.create(spec)
              .compose(key -> hsm.encrypt(here(key).id(), GCM, TEXT))
              .compose(sealed ->
                  hsm.decrypt(
                      spec.id(), AesGcm.withIv(here(sealed).iv(), new byte[0]), sealed.bytes()))
              .map(this::here)
              .onComplete(done::tryComplete, done::tryFail));
      return done.future();
    }

    Future<Throwable> fail(AsyncHsm hsm) {
      Promise<Throwable> done = Promise.promise();
      context.runOnContext(
          _ -> hsm.destroy(KeyId.of(new byte[16])).onFailure(e -> done.complete(here(e))));
      return done.future();
    }

    private <V> V here(V value) {
      Context now = Vertx.currentContext();
      // Each deployment has its own.
      if (now == null || !Objects.equals(now.deploymentID(), deploymentID())) {
        elsewhere.add(Thread.currentThread() + " " + value);
      }
      return value;
    }
  }

  @ParameterizedTest
  @EnumSource(
      value = ThreadingModel.class,
      names = {"EVENT_LOOP", "WORKER", "VIRTUAL_THREAD"})
  void operations_inAVerticle_comeBackOnItsContext(ThreadingModel model) throws Exception {
    Application application = new Application(aes());
    result(vertx.deployVerticle(application, new DeploymentOptions().setThreadingModel(model)));
    AsyncHsm hsm = result(application.opened.future());
    assertThat(result(application.work(hsm))).isEqualTo(TEXT);
    assertThat(result(application.fail(hsm))).isInstanceOf(HsmException.KeyNotFound.class);
    assertThat(application.elsewhere).isEmpty();
  }

  @Test
  void everyOperation_asynchronously_doesWhatHsmDoes() throws Exception {
    AsyncHsm hsm = open();
    KeySpec spec = aes();
    KeyInfo key = result(hsm.create(spec));
    assertThat(result(hsm.key(spec.id())).label()).isEqualTo(spec.label());
    assertThat(result(hsm.key(spec.label())).id()).isEqualTo(spec.id());
    assertThat(result(hsm.keys())).extracting(KeyInfo::id).contains(spec.id());
    assertThat(result(hsm.info()).label()).isEqualTo("demo");
    assertThat(result(hsm.checkValue(key.id()))).hasSize(3);
    assertThat(result(hsm.attemptExport(key.id()))).isNotEmpty().allMatch(ExportAttempt::refused);
    assertThat(result(hsm.random(32))).hasSize(32);
    Encrypted sealed = result(hsm.encrypt(key.id(), GCM, TEXT));
    AesGcm opening = AesGcm.withIv(sealed.iv(), new byte[0]);
    assertThat(result(hsm.decrypt(key.id(), opening, sealed.bytes()))).isEqualTo(TEXT);
    assertThat(result(hsm.status())).extracting(NodeStatus::name).containsExactly("a", "b", "c");
    assertThat(hsm.config()).isEqualTo(cluster.config());
    KeyInfo other = result(hsm.create(aes()));
    assertThatThrownBy(() -> result(hsm.wrap(key.id(), new WrapAlgorithm.AesKwp(), other.id())))
        .hasCauseInstanceOf(HsmException.class);
    result(hsm.destroy(key.id()));
    assertThatThrownBy(() -> result(hsm.key(key.id())))
        .hasCauseInstanceOf(HsmException.KeyNotFound.class);
  }

  @Test
  void signatures_asynchronously_verify() throws Exception {
    AsyncHsm hsm = open();
    KeyInfo pair = result(hsm.create(KeySpec.of(KeyId.random(random), label(), KeyType.EC_P256)));
    byte[] digest = random.generateSeed(32);
    SignatureAlgorithm ecdsa = new SignatureAlgorithm.Ecdsa();
    byte[] signature = result(hsm.sign(pair.id(), ecdsa, digest));
    assertThat(result(hsm.verify(pair.id(), ecdsa, digest, signature))).isTrue();
    digest[0] ^= 1;
    assertThat(result(hsm.verify(pair.id(), ecdsa, digest, signature))).isFalse();
    KeyInfo secret =
        result(hsm.create(KeySpec.of(KeyId.random(random), label(), KeyType.secret(256))));
    MacAlgorithm hmac = new MacAlgorithm.Hmac(Digest.SHA_256);
    assertThat(result(hsm.mac(secret.id(), hmac, TEXT))).hasSize(32);
  }

  @Test
  void unwrapAndDerive_asynchronously_refuseWhatHsmRefuses() throws Exception {
    AsyncHsm hsm = open();
    KeyId nowhere = KeyId.random(random);
    WrapAlgorithm oaep = new WrapAlgorithm.RsaOaep(Digest.SHA_1);
    assertThatThrownBy(() -> result(hsm.unwrap(nowhere, oaep, new byte[256], aes())))
        .hasCauseInstanceOf(HsmException.KeyNotFound.class);
    var hkdf = new DeriveAlgorithm.Hkdf(Digest.SHA_256, new byte[0], new byte[0]);
    assertThatThrownBy(() -> result(hsm.derive(nowhere, hkdf, aes())))
        .hasCauseInstanceOf(HsmException.class);
  }

  @Test
  void wrongArguments_areFailuresAndNotThrown() throws Exception {
    AsyncHsm hsm = open();
    KeyId id = KeyId.random(random);
    for (Future<?> refused :
        List.of(
            hsm.random(-1),
            hsm.encrypt(id, GCM, new byte[512 * 1024 + 1]),
            hsm.create(aes().asSession()))) {
      assertThatThrownBy(() -> result(refused)).hasCauseInstanceOf(HsmException.BadInput.class);
    }
  }

  @Test
  void manyAtOnce_whileANodeIsKilled_areAllDone() throws Exception {
    ClusterConfig few = cluster.config();
    ClusterConfig patient =
        new ClusterConfig(
            few.cluster(), "", few.nodes(), few.tls(), few.quorum(), Duration.ofSeconds(30));
    AsyncHsm hsm = result(AsyncHsm.open(vertx, patient));
    KeyInfo key = result(hsm.create(aes()));
    await().until(() -> result(hsm.key(key.id())).locations().size() == 3);
    List<Future<Encrypted>> all =
        IntStream.range(0, 2000).mapToObj(_ -> hsm.encrypt(key.id(), GCM, TEXT)).toList();
    cluster.kill("b");
    result(Future.join(all));
    assertThat(all.stream().map(f -> f.result().bytes().length)).containsOnly(TEXT.length + 16);
  }

  @Test
  void moreThanFit_areThrottledAtOnce_andTheOthersDone() throws Exception {
    AsyncHsm hsm = open();
    hangAll();
    List<Future<byte[]>> all = IntStream.range(0, 20_000).mapToObj(_ -> hsm.random(1)).toList();
    List<Future<byte[]>> refused = await().until(() -> failed(all), f -> !f.isEmpty());
    assertThat(refused.getFirst().cause())
        .isInstanceOf(HsmException.Throttled.class)
        .hasMessageContaining("send fewer");
    cluster.heal();
    await().until(() -> all.stream().allMatch(Future::isComplete));
    assertThat(failed(all).size()).isBetween(1, all.size() - 1);
    result(hsm.random(1));
  }

  @Test
  void close_withCallsInFlight_failsEach() throws Exception {
    AsyncHsm hsm = open();
    hangAll();
    List<Future<?>> all =
        Stream.concat(
                IntStream.range(0, 300).<Future<?>>mapToObj(_ -> hsm.random(1)),
                Stream.of(hsm.create(aes()), hsm.destroy(KeyId.random(random)), hsm.status()))
            .toList();
    result(hsm.close());
    for (Future<?> one : all) {
      assertThatThrownBy(() -> result(one)).hasCauseInstanceOf(HsmException.class);
    }
    assertThatThrownBy(() -> result(hsm.random(1)))
        .hasCauseInstanceOf(IllegalStateException.class)
        .hasMessageContaining("closed");
    result(hsm.close());
  }

  @Test
  void client_openedInAVerticle_endsWithIt() throws Exception {
    Application application = new Application(aes());
    result(vertx.deployVerticle(application));
    AsyncHsm hsm = result(application.opened.future());
    assertThat(result(hsm.random(1))).hasSize(1);
    result(vertx.undeploy(application.deploymentID()));
    assertThatThrownBy(() -> result(hsm.random(1))).hasCauseInstanceOf(IllegalStateException.class);
    result(hsm.close());
  }

  @Test
  void client_whoseVertxEnds_endsToo() throws Exception {
    Vertx other = Vertx.vertx();
    AsyncHsm hsm = result(AsyncHsm.open(other, cluster.config()));
    result(other.close());
    assertThatThrownBy(() -> result(hsm.random(1))).hasCauseInstanceOf(IllegalStateException.class);
    result(hsm.close());
  }

  @Test
  void open_withNoNodeServing_saysWhyAndLeavesNothing() {
    for (String name : List.of("a", "b", "c")) {
      cluster.kill(name);
    }
    assertThatThrownBy(() -> open())
        .cause()
        .isInstanceOf(HsmException.DeviceUnavailable.class)
        .hasMessageContainingAll("no node of cluster \"demo\" serves", "\"a\"", "\"b\"", "\"c\"");
    assertThat(vertx.deploymentIDs()).isEmpty();
  }

  @Test
  void open_byUrl_readsTheFile() {
    assertThatThrownBy(() -> result(AsyncHsm.open(vertx, "cluster:/no/such/cluster.yaml")))
        .cause()
        .isInstanceOf(HsmException.BadInput.class)
        .hasMessageContaining("/no/such/cluster.yaml");
    assertThatThrownBy(() -> result(AsyncHsm.open(vertx, "pkcs11:token=a")))
        .cause()
        .isInstanceOf(HsmException.BadInput.class)
        .hasMessageContaining("no cluster: URL");
  }

  @Test
  void exampleOfThePage_worksAsShown() throws Exception {
    Path sources = Path.of("src/test/java/io/strongroom/cluster/ReceiptVerticle.java");
    String source = Files.readString(sources);
    assertThat(Files.readString(Path.of("../docs/cluster-client.md")))
        .contains(source.substring(source.indexOf("class ReceiptVerticle")));

    KeySpec spec = KeySpec.of(KeyId.random(random), "receipts", KeyType.secret(256));
    AsyncHsm hsm = open();
    result(hsm.create(spec));
    ReceiptVerticle verticle = new ReceiptVerticle("cluster:" + cluster.file());
    result(vertx.deployVerticle(verticle));
    Future<Buffer> receipt =
        vertx
            .createHttpClient()
            .request(HttpMethod.POST, verticle.port(), "127.0.0.1", "/")
            .compose(request -> request.send(Buffer.buffer(TEXT)))
            .compose(HttpClientResponse::body);
    MacAlgorithm hmac = new MacAlgorithm.Hmac(Digest.SHA_256);
    assertThat(result(receipt).getBytes()).isEqualTo(result(hsm.mac(spec.id(), hmac, TEXT)));
  }

  @Test
  void blockingFace_sharesTheClient() throws Exception {
    AsyncHsm async;
    try (ClusterHsm hsm = ClusterHsm.open(cluster.config())) {
      async = hsm.async();
      assertThat(result(async.create(aes())).id())
          .isIn(hsm.keys().stream().map(KeyInfo::id).toList());
    }
    assertThatThrownBy(() -> result(async.random(1)))
        .hasCauseInstanceOf(IllegalStateException.class);
  }

  @Test
  void blockingFace_onAWorkerOfVertx_doesNotWaitForItself() throws Exception {
    try (ClusterHsm hsm = ClusterHsm.open(cluster.config())) {
      assertThat(result(vertx.executeBlocking(() -> hsm.random(8)))).hasSize(8);
    }
  }

  private void hangAll() {
    for (String name : List.of("a", "b", "c")) {
      cluster.proxy(name).hang();
    }
  }

  private static List<Future<byte[]>> failed(List<Future<byte[]>> all) {
    return all.stream().filter(Future::failed).toList();
  }

  private static AsyncHsm open() throws Exception {
    return result(AsyncHsm.open(vertx, cluster.config()));
  }

  private static <T> T result(Future<T> future) throws ExecutionException {
    try {
      return future.toCompletionStage().toCompletableFuture().get(60, TimeUnit.SECONDS);
    } catch (InterruptedException | java.util.concurrent.TimeoutException e) {
      throw new AssertionError(e);
    }
  }

  private KeySpec aes() {
    return KeySpec.of(KeyId.random(random), label(), KeyType.AES_256);
  }

  private String label() {
    return "async " + KeyId.random(random);
  }
}
