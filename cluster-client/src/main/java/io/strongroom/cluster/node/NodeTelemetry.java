package io.strongroom.cluster.node;

import io.micrometer.core.instrument.MeterRegistry;
import io.micrometer.core.instrument.composite.CompositeMeterRegistry;
import io.micrometer.prometheusmetrics.PrometheusConfig;
import io.micrometer.prometheusmetrics.PrometheusMeterRegistry;
import io.strongroom.cluster.Telemetry;
import io.strongroom.cluster.observe.OperationTimers;
import io.strongroom.cluster.observe.Traces;
import io.strongroom.cluster.sync.Rounds;
import io.vertx.core.Future;
import io.vertx.core.Vertx;
import java.net.InetSocketAddress;
import java.util.Map;
import java.util.function.Supplier;
import org.jspecify.annotations.Nullable;

/** What a node measures, and where it goes: a registry given in code, and its own endpoint. */
final class NodeTelemetry implements AutoCloseable {

  private final @Nullable InetSocketAddress address;
  private final @Nullable PrometheusMeterRegistry own;
  private final @Nullable NodeMeters meters;
  private final NodeObserver observer;

  private NodeTelemetry(
      NodeConfig config,
      @Nullable PrometheusMeterRegistry own,
      @Nullable MeterRegistry registry,
      Traces traces) {
    this.address = config.metrics();
    this.own = own;
    this.meters = registry == null ? null : new NodeMeters(registry, config);
    this.observer =
        meters == null
            ? new NodeObserver(OperationTimers.none(), OperationTimers.none(), nanos -> {}, traces)
            : meters.observer(traces);
    if (meters != null) {
      meters.files(config);
    }
  }

  static NodeTelemetry of(Telemetry telemetry, NodeConfig config) {
    MeterRegistry given = telemetry.meters();
    Traces traces = Traces.ofNode(telemetry.traces(), config.cluster(), config.name());
    if (config.metrics() == null) {
      return new NodeTelemetry(config, null, given, traces);
    }
    PrometheusMeterRegistry own = new PrometheusMeterRegistry(PrometheusConfig.DEFAULT);
    NodeMeters.jvm(own);
    return new NodeTelemetry(config, own, given == null ? own : both(own, given), traces);
  }

  private static MeterRegistry both(MeterRegistry own, MeterRegistry given) {
    return new CompositeMeterRegistry().add(own).add(given);
  }

  /** Follows the operations. */
  NodeObserver observer() {
    return observer;
  }

  /** Measures what the node holds. */
  void keys(Vault vault) {
    if (meters != null) {
      meters.keys(vault);
    }
  }

  /** Measures how it keeps level with its peers. */
  void peers(Map<String, Rounds> peers) {
    if (meters != null) {
      meters.peers(peers);
    }
  }

  /** Measures what the node turns away. */
  void counters(NodeCounters counters) {
    if (meters != null) {
      meters.counters(counters);
    }
  }

  /**
   * Serves metrics and health, if the configuration names an address for that.
   *
   * @return the port; 0 if it does not
   */
  int listen(Vertx vertx, Supplier<Boolean> live, Supplier<Future<Boolean>> ready) {
    if (address == null || own == null) {
      return 0;
    }
    return MetricsServer.listen(vertx, address, new MetricsServer.Answers(own::scrape, live, ready))
        .port();
  }

  @Override
  public void close() {
    if (meters != null) {
      meters.close();
    }
    if (own != null) {
      own.close();
    }
  }
}
