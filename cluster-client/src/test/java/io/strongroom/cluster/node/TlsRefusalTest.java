package io.strongroom.cluster.node;

import static io.strongroom.cluster.Certificates.shape;
import static io.strongroom.cluster.node.TestClient.await;
import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import io.strongroom.cluster.Certificates;
import io.strongroom.cluster.ClusterAuthority;
import io.strongroom.cluster.identity.Refusal;
import io.strongroom.cluster.identity.Role;
import io.strongroom.cluster.identity.SpiffeId;
import io.strongroom.cluster.identity.TlsFiles;
import io.strongroom.cluster.wire.v1.DescribeReply;
import io.strongroom.cluster.wire.v1.DescribeRequest;
import io.strongroom.cluster.wire.v1.Error;
import io.vertx.core.http.HttpClientOptions;
import java.io.IOException;
import java.net.Socket;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Clock;
import java.time.Duration;
import java.time.Instant;
import java.util.List;
import java.util.Set;
import java.util.function.Function;
import java.util.stream.Stream;
import javax.net.ssl.SSLContext;
import javax.net.ssl.SSLSocket;
import org.awaitility.Awaitility;
import org.bouncycastle.asn1.x509.KeyPurposeId;
import org.junit.jupiter.api.AfterAll;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.TestInstance;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.Arguments;
import org.junit.jupiter.params.provider.MethodSource;

/** Whom a node does not let in, over real connections with real certificates. */
@TestInstance(TestInstance.Lifecycle.PER_CLASS)
class TlsRefusalTest {
  private static final Duration LIMIT = Duration.ofSeconds(60);
  private static final String USER = "spiffe://demo/user/app";

  private Path root;
  private TestCluster cluster;
  private Certificates certificates;
  private HsmNode node;
  private final LogLines lines = new LogLines("io.strongroom.cluster.node");

  @BeforeAll
  void startANodeWithARevocationList(@TempDir Path folder) {
    root = folder;
    cluster = new TestCluster(folder);
    certificates = new Certificates(folder);
    TestToken token = cluster.first("a");
    cluster.authority().revoke(folder, List.of(), Duration.ofDays(30));
    node = HsmNode.start(cluster.config(token).withRevoked(folder.resolve("ca.crl")));
  }

  @AfterAll
  void close() {
    node.close();
    lines.close();
  }

  static Stream<Arguments> refusedCertificates() {
    Instant now = Instant.now();
    return Stream.of(
        of(
            "of an authority of the same name",
            TlsRefusalTest::strange,
            Refusal.WRONG_AUTHORITY,
            "tls.ca"),
        of(
            "self-signed",
            t -> t.issue(shape(USER).bySelf()),
            Refusal.WRONG_AUTHORITY,
            "self-signed"),
        of(
            "expired",
            t -> t.issue(shape(USER).between(now.minusSeconds(7200), now.minusSeconds(3600))),
            Refusal.EXPIRED,
            "put a new one in its place"),
        of(
            "not yet valid",
            t -> t.issue(shape(USER).between(now.plusSeconds(3600), now.plusSeconds(7200))),
            Refusal.NOT_YET_VALID,
            "clocks"),
        of("revoked", TlsRefusalTest::revoked, Refusal.REVOKED, "issue a new certificate"),
        of("without a URI", t -> t.issue(shape()), Refusal.NO_IDENTITY, "0 URIs"),
        of(
            "with two URIs",
            t -> t.issue(shape(USER, "spiffe://demo/officer/admin")),
            Refusal.NO_IDENTITY,
            "2 URIs"),
        of(
            "with a malformed identity",
            t -> t.issue(shape("spiffe://demo/root/x")),
            Refusal.NO_IDENTITY,
            "is no identity"),
        of(
            "made for servers",
            t -> t.issue(shape(USER).only(KeyPurposeId.id_kp_serverAuth)),
            Refusal.WRONG_PURPOSE,
            "clientAuth"));
  }

  private static Arguments of(
      String name, Function<TlsRefusalTest, TlsFiles> files, Refusal reason, String advice) {
    return Arguments.of(name, files, reason, advice);
  }

  private TlsFiles issue(Certificates.Shape shape) {
    return certificates.issue(shape);
  }

  private TlsFiles strange() {
    return cluster.strangerWithOwnCa();
  }

  private TlsFiles revoked() {
    TlsFiles files = issue(shape(USER));
    revoke(files);
    return files;
  }

  private void revoke(TlsFiles files) {
    long before = renewals();
    cluster.authority().revoke(root, List.of(files.certificate()), Duration.ofDays(30));
    Awaitility.await().atMost(LIMIT).until(() -> renewals() > before);
  }

  private long renewals() {
    return node.counters().certificateRenewals();
  }

  @ParameterizedTest(name = "{0}")
  @MethodSource("refusedCertificates")
  void certificate_thatIsNotGood_isRefusedCountedAndLogged(
      String name, Function<TlsRefusalTest, TlsFiles> files, Refusal reason, String advice) {
    TlsFiles tls = files.apply(this);
    refuses(reason, advice, () -> assertThatThrownBy(() -> describe(tls)).isNotNull());
  }

  /** The action is refused for this reason: one more is counted, and one line says it. */
  private void refuses(Refusal reason, String advice, Runnable action) {
    long before = count(reason);
    int linesBefore = lines.with("reason=" + reason.label()).size();
    action.run();
    // Counted first, and then said.
    Awaitility.await()
        .atMost(LIMIT)
        .until(() -> lines.with("reason=" + reason.label()).size() > linesBefore);
    assertThat(count(reason)).isGreaterThan(before);
    assertThat(lines.with("reason=" + reason.label()).stream().skip(linesBefore).toList())
        .allMatch(line -> line.startsWith("event=connection_refused "))
        .allMatch(line -> line.contains(advice));
  }

  private long count(Refusal reason) {
    return node.counters().refused().getOrDefault(reason.label(), 0L);
  }

  private DescribeReply describe(TlsFiles tls) throws Exception {
    return describe(tls.clientOptions(new SpiffeId(TestCluster.NAME, Role.NODE, "a")));
  }

  private DescribeReply describe(HttpClientOptions options) throws Exception {
    try (TestClient client = new TestClient(node, options)) {
      return await(client.calls().describe(DescribeRequest.getDefaultInstance()));
    }
  }

  private HttpClientOptions userOptions() {
    return cluster.user().clientOptions(new SpiffeId(TestCluster.NAME, Role.NODE, "a"));
  }

  @Test
  void caller_withoutACertificate_isRefused() {
    refuses(
        Refusal.NO_CERTIFICATE,
        "tls.certificate",
        () ->
            assertThatThrownBy(() -> describe(userOptions().setKeyCertOptions(null))).isNotNull());
  }

  @Test
  void caller_thatSpeaksTls12_isRefused() {
    refuses(
        Refusal.OLD_TLS,
        "TLS 1.3 only",
        () ->
            assertThatThrownBy(() ->
                    describe(userOptions().setEnabledSecureTransportProtocols(Set.of("TLSv1.2"))))
                .isNotNull());
  }

  @Test
  void caller_thatSpeaksPlainText_isRefused() {
    refuses(
        Refusal.NOT_TLS,
        "does not speak TLS",
        () -> {
          try (Socket socket = connect()) {
            socket
                .getOutputStream()
                .write("GET / HTTP/1.1\r\nhost: a\r\n\r\n".getBytes(StandardCharsets.US_ASCII));
            // An alert, perhaps, and then the end.
            socket.getInputStream().readAllBytes();
          } catch (IOException e) {
            assertThat(e).hasMessageContaining("reset");
          }
        });
  }

  private Socket connect() throws IOException {
    Socket socket = new Socket(node.address().getHostString(), node.address().getPort());
    socket.setSoTimeout(Math.toIntExact(LIMIT.toMillis()));
    return socket;
  }

  @Test
  void caller_thatOnlyLooksWhetherThePortIsOpen_isNoEvent() throws Exception {
    int before = lines.with("event=connection_refused").size();
    long counted = count(Refusal.HANDSHAKE_NOT_FINISHED);
    connect().close();
    Awaitility.await().atMost(LIMIT).until(() -> count(Refusal.HANDSHAKE_NOT_FINISHED) > counted);
    assertThat(lines.with("event=connection_refused").stream().skip(before))
        .allMatch(line -> line.contains("reason=handshake-not-finished"));
  }

  @Test
  void officer_ofAnotherCluster_isToldSo() throws Exception {
    long before = count(Refusal.WRONG_CLUSTER);
    Error error = describe(issue(shape("spiffe://other/officer/admin"))).getError();
    assertThat(error.getKind()).isEqualTo(Error.Kind.ACCESS_DENIED);
    assertThat(error.getMessage()).contains("spiffe://other/officer/admin", "cluster \"demo\"");
    assertThat(count(Refusal.WRONG_CLUSTER)).isEqualTo(before + 1);
  }

  @Test
  void connection_ofARevokedCertificate_isEndedAtTheNextLook() throws Exception {
    TlsFiles files = issue(shape(USER));
    try (TestClient client =
        new TestClient(node, files.clientOptions(new SpiffeId("demo", Role.NODE, "a")))) {
      assertThat(await(client.calls().describe(DescribeRequest.getDefaultInstance())).getName())
          .isEqualTo("a");
      client.send(OperateStreams.probe(1)).get();
      long before = count(Refusal.REVOKED);

      revoke(files);

      Awaitility.await().atMost(LIMIT).until(() -> client.streamEnd().isDone());
      assertThat(count(Refusal.REVOKED)).isGreaterThan(before);
    }
  }

  @Test
  void connection_ofACertificateThatExpires_isEndedThen() throws Exception {
    long before = count(Refusal.EXPIRED);
    TlsFiles files = issue(shape(USER).lasting(Duration.ofSeconds(6)));
    try (TestClient client =
        new TestClient(node, files.clientOptions(new SpiffeId("demo", Role.NODE, "a")))) {
      assertThat(client.ask(OperateStreams.probe(1)).hasOutput()).isTrue();
      Awaitility.await().atMost(LIMIT).until(() -> client.streamEnd().isDone());
      assertThat(count(Refusal.EXPIRED)).isGreaterThan(before);
    }
  }

  @Test
  void tlsSession_resumedAfterItsCertificateWasRevoked_isOfNoUse() throws Exception {
    TlsFiles files = issue(shape(USER));
    SSLContext context = Http2Frames.context(files);
    assertThat(isServed(context)).isTrue();
    revoke(files);
    assertThat(isServed(context)).isFalse();
  }

  @Test
  void revocationList_outOfDate_letsNoOneInAndSaysSo() throws Exception {
    TestToken token = cluster.joined("strict", cluster.first("member"));
    Path folder = Files.createDirectory(root.resolve("lists"));
    ClusterAuthority past =
        ClusterAuthority.open(root, Clock.offset(Clock.systemUTC(), Duration.ofDays(-3)));
    Path list = past.revoke(folder, List.of(), Duration.ofDays(1));
    try (HsmNode strict = HsmNode.start(cluster.config(token).withRevoked(list))) {
      TlsFiles user = cluster.user();
      assertThatThrownBy(() -> describeAt(strict, user)).isNotNull();
      Awaitility.await()
          .atMost(LIMIT)
          .until(() -> strict.counters().refused().getOrDefault("revocation-unknown", 0L) > 0);
      Awaitility.await()
          .atMost(LIMIT)
          .until(() -> !lines.with("event=tls_expired file=crl").isEmpty());

      cluster.authority().revoke(folder, List.of(), Duration.ofDays(1));

      Awaitility.await()
          .atMost(LIMIT)
          .ignoreExceptions()
          .until(() -> describeAt(strict, user).getName().equals("strict"));
      Awaitility.await()
          .atMost(LIMIT)
          .until(() -> !lines.with("event=tls_expires_soon file=crl").isEmpty());
    }
  }

  private static DescribeReply describeAt(HsmNode other, TlsFiles tls) throws Exception {
    try (TestClient client =
        new TestClient(other, tls.clientOptions(new SpiffeId("demo", Role.NODE, other.name())))) {
      return await(client.calls().describe(DescribeRequest.getDefaultInstance()));
    }
  }

  /** Whether the node goes on with this connection: it answers the preface with its settings. */
  private boolean isServed(SSLContext context) {
    try (SSLSocket socket = Http2Frames.connect(context, node, LIMIT)) {
      return Http2Frames.isServed(socket);
    } catch (IOException e) {
      return false;
    }
  }
}
