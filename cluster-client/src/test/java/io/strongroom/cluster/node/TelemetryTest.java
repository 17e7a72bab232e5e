package io.strongroom.cluster.node;

import static org.assertj.core.api.Assertions.assertThat;

import io.micrometer.core.instrument.Timer;
import io.micrometer.core.instrument.simple.SimpleMeterRegistry;
import io.micrometer.prometheusmetrics.PrometheusConfig;
import io.micrometer.prometheusmetrics.PrometheusMeterRegistry;
import io.strongroom.cluster.ClusterConfig;
import io.strongroom.cluster.ClusterHsm;
import io.strongroom.cluster.Telemetry;
import io.strongroom.hsm.HsmException;
import io.strongroom.hsm.KeyId;
import io.strongroom.hsm.KeyInfo;
import io.strongroom.hsm.KeySpec;
import io.strongroom.hsm.KeyType;
import io.strongroom.hsm.KeyUsage;
import io.strongroom.hsm.MacAlgorithm;
import java.io.IOException;
import java.io.InputStream;
import java.net.HttpURLConnection;
import java.net.InetSocketAddress;
import java.net.URI;
import java.nio.charset.StandardCharsets;
import java.nio.file.Path;
import java.security.SecureRandom;
import java.time.Duration;
import java.util.List;
import java.util.Objects;
import org.assertj.core.api.Assertions;
import org.awaitility.Awaitility;
import org.junit.jupiter.api.AfterAll;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.TestInstance;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;

/** Two nodes with an endpoint each, and a client with a registry. */
@TestInstance(TestInstance.Lifecycle.PER_CLASS)
class TelemetryTest {
  private static final MacAlgorithm CMAC = new MacAlgorithm.AesCmac();

  private final PrometheusMeterRegistry registry =
      new PrometheusMeterRegistry(PrometheusConfig.DEFAULT);
  private HsmNode a;
  private HsmNode b;
  private ClusterConfig config;
  private ClusterHsm client;
  private KeyInfo key;

  @BeforeAll
  void startNodesAndClient(@TempDir Path root) {
    TestCluster cluster = new TestCluster(root);
    TestToken first = cluster.first("a");
    TestToken second = cluster.joined("b", first);
    InetSocketAddress free = InetSocketAddress.createUnresolved("127.0.0.1", 0);
    a = HsmNode.start(cluster.config(first).withMetrics(free));
    b = HsmNode.start(cluster.config(second, a).withMetrics(free));
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
    client = ClusterHsm.open(config, Telemetry.meters(registry));
    key =
        client.create(
            KeySpec.of(KeyId.random(new SecureRandom()), "measured", KeyType.AES_256)
                .withUsages(KeyUsage.ENCRYPT, KeyUsage.SIGN, KeyUsage.VERIFY));
  }

  private static ClusterConfig.Node node(HsmNode node) {
    return new ClusterConfig.Node(
        node.name(), "az-" + node.name(), "127.0.0.1", node.address().getPort());
  }

  @AfterAll
  void close() {
    client.close();
    b.close();
    a.close();
  }

  private static HttpURLConnection ask(HsmNode node, String method, String path)
      throws IOException {
    InetSocketAddress address = Objects.requireNonNull(node.metricsAddress());
    URI uri = URI.create("http://127.0.0.1:" + address.getPort() + path);
    HttpURLConnection connection = (HttpURLConnection) uri.toURL().openConnection();
    connection.setRequestMethod(method);
    return connection;
  }

  private static String scrape(HsmNode node) throws IOException {
    try (InputStream body = ask(node, "GET", "/metrics").getInputStream()) {
      return new String(body.readAllBytes(), StandardCharsets.UTF_8);
    }
  }

  @Test
  void operation_isTimedByNodeOperationAndOutcome() throws Exception {
    client.mac(key.id(), CMAC, new byte[16]);

    List<Timer> attempts =
        registry
            .get("strongroom.operations")
            .tags("operation", "mac", "outcome", "ok")
            .timers()
            .stream()
            .toList();
    assertThat(attempts).isNotEmpty();
    assertThat(registry.get("strongroom.requests").tags("operation", "mac").timer().count())
        .isPositive();
    assertThat(scrape(a) + scrape(b))
        .containsPattern(
            "strongroom_operations_seconds_count\\{[^}]*operation=\"mac\"[^}]*outcome=\"ok\"[^}]*}"
                + " [1-9]");
  }

  @Test
  void operation_thatIsRefused_isCountedUnderItsReason() {
    Assertions.assertThatThrownBy(
            () -> client.mac(KeyId.random(new SecureRandom()), CMAC, new byte[16]))
        .isInstanceOf(HsmException.KeyNotFound.class);
    assertThat(
            registry
                .get("strongroom.requests")
                .tags("operation", "mac", "outcome", "key_not_found")
                .timer()
                .count())
        .isPositive();
  }

  @Test
  void keys_areCountedAtEachNode() throws Exception {
    for (String node : List.of("a", "b")) {
      assertThat(
              registry.get("strongroom.keys").tags("node", node, "state", "held").gauge().value())
          .isEqualTo(1);
      assertThat(registry.get("strongroom.serving").tag("node", node).gauge().value()).isEqualTo(1);
    }
    assertThat(scrape(b)).containsPattern("strongroom_keys\\{[^}]*state=\"held\"[^}]*} 1\\.0");
  }

  @Test
  void domainCheck_isTheSameAtClientAndNodes() throws Exception {
    double atClient = registry.get("strongroom.domain.check").tag("node", "a").gauge().value();
    assertThat(registry.get("strongroom.domain.check").tag("node", "b").gauge().value())
        .isEqualTo(atClient);
    assertThat(scrape(a)).containsPattern("strongroom_domain_check\\{[^}]*} " + atClient);
  }

  @ParameterizedTest
  @CsvSource({
    "GET,/metrics,200",
    "HEAD,/metrics,200",
    "GET,/health/live,200",
    "GET,/health/ready,200",
    "GET,/,404",
    "GET,/metrics/,404",
    "GET,/../node.yaml,404",
    "POST,/metrics,405",
    "PUT,/health/live,405",
    "DELETE,/,405"
  })
  void endpoint_answersThreePathsToReaders(String method, String path, int status)
      throws Exception {
    assertThat(ask(a, method, path).getResponseCode()).isEqualTo(status);
  }

  @Test
  void closedClient_takesItsMetersWithIt() {
    SimpleMeterRegistry own = new SimpleMeterRegistry();
    ClusterHsm other = ClusterHsm.open(config, Telemetry.meters(own));
    other.mac(key.id(), CMAC, new byte[16]);
    assertThat(own.getMeters()).isNotEmpty();
    other.close();
    assertThat(own.getMeters()).isEmpty();
  }

  @Test
  void dashboardAndAlerts_nameMetricsThatClientAndNodesHave() throws Exception {
    client.mac(key.id(), CMAC, new byte[16]);
    Scrape scrape = Scrape.of(scrape(a), scrape(b), registry.scrape());
    Path pages = Path.of("..", "docs", "observability");
    List<String> expressions =
        Expressions.in(pages.resolve("strongroom-dashboard.json"), pages.resolve("alerts.yaml"));
    assertThat(expressions).hasSizeGreaterThan(50);
    assertThat(expressions)
        .allSatisfy(expression -> assertThat(scrape.unknownIn(expression)).isEmpty());
  }

  @Test
  void scrape_withAnExpressionOfOtherNames_saysWhich() throws Exception {
    Scrape scrape = Scrape.of(scrape(a));
    assertThat(
            scrape.unknownIn(
                "sum by (nodes) (rate(strongroom_gone_total{node=\"a\"}[5m])) + strongroom_keys{sort=\"x\",state=\"lost\"}"))
        .containsExactlyInAnyOrder("nodes", "strongroom_gone_total", "sort", "state=lost");
  }

  @Test
  void certificates_tellHowLongTheyAreValid() throws Exception {
    for (String file : List.of("ca", "certificate")) {
      assertThat(
              registry
                  .get("strongroom.certificate.expiry.seconds")
                  .tag("file", file)
                  .gauge()
                  .value())
          .isPositive();
    }
    assertThat(scrape(a))
        .containsPattern("strongroom_certificate_expiry_seconds\\{[^}]*file=\"ca\"[^}]*} [1-9]");
  }

  @Test
  void token_tellsItsSessionsAndThatNothingHangs() throws Exception {
    assertThat(scrape(a))
        .containsPattern("strongroom_sessions\\{[^}]*state=\"most\"[^}]*} [1-9]")
        .containsPattern("strongroom_abandoned_calls_total\\{[^}]*} 0\\.0");
  }

  @Test
  void reconciliations_areCountedByPeer() {
    Awaitility.await()
        .untilAsserted(() ->
            assertThat(scrape(b))
                .containsPattern(
                    "strongroom_reconciliations_total\\{[^}]*outcome=\"ok\",peer=\"a\"[^}]*} [1-9]"));
  }
}
