package io.strongroom.cluster.node;

import io.micrometer.core.instrument.MeterRegistry;
import io.micrometer.core.instrument.Tags;
import io.micrometer.core.instrument.Timer;
import io.micrometer.core.instrument.binder.jvm.JvmMemoryMetrics;
import io.micrometer.core.instrument.binder.jvm.JvmThreadMetrics;
import io.micrometer.core.instrument.binder.system.ProcessorMetrics;
import io.micrometer.core.instrument.binder.system.UptimeMetrics;
import io.strongroom.cluster.observe.DomainCheck;
import io.strongroom.cluster.observe.Meters;
import java.util.concurrent.TimeUnit;

/** The meters of a node. Their values are asked for when the registry is read. */
final class NodeMeters implements AutoCloseable {

  private final Meters meters;

  NodeMeters(MeterRegistry registry, NodeConfig config) {
    this.meters =
        new Meters(
            registry,
            Tags.of(
                "side",
                "node",
                "cluster",
                config.cluster(),
                "node",
                config.name(),
                "zone",
                config.zone()));
  }

  /** Follows the operations of the stream. */
  NodeObserver observer() {
    Timer queued =
        meters.timer(
            "strongroom.queue.time", "How long operations wait for the token", Tags.empty());
    NodeObserver observer =
        new NodeObserver(
            meters.operations(
                "strongroom.operations", "Operations from arrival to answer", Tags.empty()),
            nanos -> queued.record(nanos, TimeUnit.NANOSECONDS));
    meters.gauge(
        "strongroom.queue", "Operations that wait for the token", Tags.empty(), observer::waiting);
    meters.gauge(
        "strongroom.outstanding",
        "Operations that wait or are being done",
        Tags.empty(),
        () -> observer.waiting() + observer.running());
    return observer;
  }

  /** What the node holds. */
  void keys(Vault vault) {
    // Asked for now: no scrape waits for the token.
    int check = DomainCheck.number(vault.domain().checkValue());
    String text = "Keys, by the state they are in at the node";
    meters.gauge(
        "strongroom.keys", text, Tags.of("state", "held"), () -> vault.inventory().keys().size());
    meters.gauge(
        "strongroom.keys",
        text,
        Tags.of("state", "destroyed"),
        () -> vault.inventory().tombstones().size());
    meters.gauge(
        "strongroom.keys.missing",
        "Keys whose seal is here and that the token does not have",
        Tags.empty(),
        vault::unopened);
    meters.gauge(
        "strongroom.domain.check",
        "The domain key's check value as a number: the same at all nodes of a cluster",
        Tags.empty(),
        () -> check);
  }

  /** What the node turns away. */
  void counters(NodeCounters counters) {
    for (String reason : counters.refused().keySet()) {
      meters.counter(
          "strongroom.refused",
          "Connections, calls and operations that were turned away",
          Tags.of("reason", reason),
          () -> counters.refused().getOrDefault(reason, 0L));
    }
    String text = "Operations that were not begun";
    meters.counter("strongroom.dropped", text, Tags.of("reason", "late"), counters::droppedLate);
    meters.counter(
        "strongroom.dropped", text, Tags.of("reason", "caller-gone"), counters::droppedAbandoned);
    meters.gauge(
        "strongroom.connections", "Connections that are open", Tags.empty(), counters::connections);
  }

  /** Of the JVM: memory, threads, processor time. */
  static void jvm(MeterRegistry registry) {
    new JvmMemoryMetrics().bindTo(registry);
    new JvmThreadMetrics().bindTo(registry);
    new ProcessorMetrics().bindTo(registry);
    new UptimeMetrics().bindTo(registry);
  }

  @Override
  public void close() {
    meters.close();
  }
}
