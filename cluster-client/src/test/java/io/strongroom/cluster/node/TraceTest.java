package io.strongroom.cluster.node;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import io.opentelemetry.api.common.AttributeKey;
import io.opentelemetry.api.trace.Span;
import io.opentelemetry.api.trace.SpanKind;
import io.opentelemetry.api.trace.StatusCode;
import io.opentelemetry.context.Scope;
import io.opentelemetry.sdk.OpenTelemetrySdk;
import io.opentelemetry.sdk.testing.exporter.InMemorySpanExporter;
import io.opentelemetry.sdk.trace.SdkTracerProvider;
import io.opentelemetry.sdk.trace.data.EventData;
import io.opentelemetry.sdk.trace.data.SpanData;
import io.opentelemetry.sdk.trace.export.SimpleSpanProcessor;
import io.strongroom.cluster.ClusterConfig;
import io.strongroom.cluster.ClusterHsm;
import io.strongroom.cluster.Telemetry;
import io.strongroom.cluster.wire.v1.Answer;
import io.strongroom.cluster.wire.v1.Operation;
import io.strongroom.hsm.Hsm;
import io.strongroom.hsm.HsmException;
import io.strongroom.hsm.KeyId;
import io.strongroom.hsm.KeyInfo;
import io.strongroom.hsm.KeySpec;
import io.strongroom.hsm.KeyType;
import java.nio.file.Path;
import java.security.SecureRandom;
import java.time.Duration;
import java.util.List;
import java.util.concurrent.Callable;
import org.awaitility.Awaitility;
import org.junit.jupiter.api.AfterAll;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.TestInstance;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

/** A client and two nodes that put their spans in one place. */
@TestInstance(TestInstance.Lifecycle.PER_CLASS)
class TraceTest {
  private static final AttributeKey<String> NODE = AttributeKey.stringKey("strongroom.node");
  private static final AttributeKey<String> OUTCOME = AttributeKey.stringKey("strongroom.outcome");
  private static final AttributeKey<Long> TOKEN = AttributeKey.longKey("strongroom.token.micros");

  private final SecureRandom random = new SecureRandom();
  private final InMemorySpanExporter spans = InMemorySpanExporter.create();
  private final OpenTelemetrySdk sdk =
      OpenTelemetrySdk.builder()
          .setTracerProvider(
              SdkTracerProvider.builder()
                  .addSpanProcessor(SimpleSpanProcessor.create(spans))
                  .build())
          .build();
  private final Telemetry telemetry = Telemetry.NONE.withTraces(sdk);
  private TestCluster cluster;
  private TestToken second;
  private HsmNode a;
  private HsmNode b;
  private ClusterConfig config;
  private ClusterHsm client;
  private KeyInfo key;

  @BeforeAll
  void startNodesAndClient(@TempDir Path root) {
    cluster = new TestCluster(root);
    TestToken first = cluster.first("a");
    second = cluster.joined("b", first);
    a = HsmNode.start(cluster.config(first), telemetry);
    b = HsmNode.start(cluster.config(second, a), telemetry);
    Path officer = root.resolve("officer-admin");
    config =
        new ClusterConfig(
                TestCluster.NAME,
                "az-a",
                List.of(node(a), node(b)),
                new ClusterConfig.Tls(root.resolve("ca.crt"), officer, officer),
                2,
                Duration.ofSeconds(10))
            .withIdentity(officer);
    client = ClusterHsm.open(config, telemetry);
    key = client.create(spec());
  }

  private static ClusterConfig.Node node(HsmNode node) {
    return new ClusterConfig.Node(
        node.name(), "az-" + node.name(), "127.0.0.1", node.address().getPort());
  }

  private KeySpec spec() {
    KeyId id = KeyId.random(random);
    return KeySpec.of(id, "traced-" + id, KeyType.AES_256);
  }

  @AfterAll
  void close() {
    client.close();
    b.close();
    a.close();
    sdk.close();
  }

  @BeforeEach
  void forgetSpans() {
    spans.reset();
  }

  /** The trace in which something is done: all spans of it, once this many have ended. */
  private List<SpanData> traced(Callable<?> work, int most) throws Exception {
    Span caller = sdk.getTracer("test").spanBuilder("caller").startSpan();
    try (Scope _ = caller.makeCurrent()) {
      work.call();
    } finally {
      caller.end();
    }
    String trace = caller.getSpanContext().getTraceId();
    return Awaitility.await()
        .until(
            () ->
                spans.getFinishedSpanItems().stream()
                    .filter(span -> span.getTraceId().equals(trace))
                    .filter(span -> span.getKind() != SpanKind.INTERNAL)
                    .toList(),
            found -> found.size() >= most);
  }

  private static SpanData one(List<SpanData> trace, SpanKind kind) {
    return trace.stream().filter(span -> span.getKind() == kind).findFirst().orElseThrow();
  }

  private static List<EventData> attempts(SpanData span) {
    return span.getEvents().stream().filter(e -> e.getName().equals("attempt")).toList();
  }

  @Test
  void operation_isOneTraceFromTheCallerOverTheClientToTheNode() throws Exception {
    List<SpanData> trace = traced(() -> client.checkValue(key.id()), 2);

    SpanData atClient = one(trace, SpanKind.CLIENT);
    SpanData atNode = one(trace, SpanKind.SERVER);
    assertThat(trace).hasSize(2).allMatch(s -> s.getName().equals("strongroom.check_value"));
    assertThat(atNode.getParentSpanId()).isEqualTo(atClient.getSpanId());
    assertThat(atNode.getAttributes().get(OUTCOME)).isEqualTo("ok");
    assertThat(atNode.getAttributes().get(TOKEN)).isPositive();
    assertThat(attempts(atClient))
        .singleElement()
        .satisfies(attempt -> {
          assertThat(attempt.getAttributes().get(NODE)).isEqualTo(atNode.getAttributes().get(NODE));
          assertThat(attempt.getAttributes().get(OUTCOME)).isEqualTo("ok");
        });
  }

  @Test
  void operation_thatFails_marksBothSpansWithItsKindOnly() throws Exception {
    List<SpanData> trace =
        traced(
            () ->
                assertThatThrownBy(() -> client.attemptExport(KeyId.random(random)))
                    .isInstanceOf(HsmException.KeyNotFound.class),
            1);
    SpanData atClient = one(trace, SpanKind.CLIENT);
    assertThat(atClient.getStatus().getStatusCode()).isEqualTo(StatusCode.ERROR);
    assertThat(atClient.getStatus().getDescription()).isEqualTo("key_not_found");
  }

  @Test
  void operation_whoseNodeHasLostTheKey_showsTwoAttempts() {
    KeyInfo gone = client.create(spec());
    // Behind the node's back: it notices when the key is used, and the client asks the other one.
    try (Hsm token = second.open()) {
      token.destroy(gone.id());
    }
    try (ClusterHsm atB = ClusterHsm.open(config.withZone("az-b"), telemetry)) {
      List<EventData> attempts =
          Awaitility.await()
              .until(
                  () -> attempts(one(traced(() -> atB.checkValue(gone.id()), 1), SpanKind.CLIENT)),
                  made -> made.size() > 1);
      assertThat(attempts)
          .extracting(
              made -> made.getAttributes().get(NODE) + " " + made.getAttributes().get(OUTCOME))
          .containsExactly("b key_not_found", "a ok");
    }
  }

  @Test
  void creation_isOneTraceOverAllNodes() throws Exception {
    List<SpanData> trace = traced(() -> client.create(spec()), 3);

    SpanData atClient = one(trace, SpanKind.CLIENT);
    assertThat(atClient.getName()).isEqualTo("strongroom.create");
    assertThat(trace)
        .filteredOn(span -> span.getKind() == SpanKind.SERVER)
        .allMatch(span -> span.getParentSpanId().equals(atClient.getSpanId()))
        .extracting(SpanData::getName)
        .contains("strongroom.create", "strongroom.put_seal");
  }

  @Test
  void operation_ofAThreadWithoutATrace_beginsOne() {
    client.checkValue(key.id());
    Awaitility.await()
        .untilAsserted(() ->
            assertThat(spans.getFinishedSpanItems())
                .anyMatch(span ->
                    !span.getParentSpanContext().isValid() && span.getKind() == SpanKind.CLIENT));
  }

  @ParameterizedTest
  @ValueSource(
      strings = {
        "",
        "00",
        "00-00000000000000000000000000000000-0000000000000000-00",
        "00-0af7651916cd43dd8448eb211c80319c-b7ad6b7169203331-0x",
        "00-0af7651916cd43dd8448eb211c80319c-b7ad6b7169203331-01-more",
        "0000000000000000000000000000000000000000000000000000000",
      })
  void traceparent_thatIsMalformed_countsAsAbsentAndTheOperationIsDone(String traceparent)
      throws Exception {
    try (TestClient caller = new TestClient(a, cluster.user())) {
      Answer answer =
          caller.ask(Operation.newBuilder().setRandomBytes(8).setTraceparent(traceparent));
      assertThat(answer.getOutput().size()).isEqualTo(8);
    }
    assertThat(spans.getFinishedSpanItems())
        .noneMatch(span -> span.getName().equals("strongroom.random"));
  }

  @Test
  void traceparent_ofAnotherClient_isTheParentAtTheNode() throws Exception {
    String traceId = "0af7651916cd43dd8448eb211c80319c";
    try (TestClient caller = new TestClient(a, cluster.user())) {
      caller.ask(
          Operation.newBuilder()
              .setRandomBytes(8)
              .setTraceparent("00-" + traceId + "-b7ad6b7169203331-01"));
    }
    Awaitility.await()
        .untilAsserted(() ->
            assertThat(spans.getFinishedSpanItems())
                .filteredOn(span -> span.getTraceId().equals(traceId))
                .singleElement()
                .satisfies(span -> {
                  assertThat(span.getParentSpanId()).isEqualTo("b7ad6b7169203331");
                  assertThat(span.getAttributes().get(NODE)).isEqualTo("a");
                }));
  }
}
