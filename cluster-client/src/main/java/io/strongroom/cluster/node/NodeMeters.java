package io.strongroom.cluster.node;

import io.micrometer.core.instrument.MeterRegistry;
import io.micrometer.core.instrument.Tags;
import io.micrometer.core.instrument.Timer;
import io.micrometer.core.instrument.binder.jvm.JvmMemoryMetrics;
import io.micrometer.core.instrument.binder.jvm.JvmThreadMetrics;
import io.micrometer.core.instrument.binder.system.ProcessorMetrics;
import io.micrometer.core.instrument.binder.system.UptimeMetrics;
import io.strongroom.cluster.observe.DomainCheck;
import io.strongroom.cluster.observe.FileMeters;
import io.strongroom.cluster.observe.Meters;
import io.strongroom.cluster.observe.OperationTimers;
import io.strongroom.cluster.observe.Traces;
import io.strongroom.cluster.sync.Rounds;
import io.strongroom.hsm.Hsm;
import java.time.Clock;
import java.util.Map;
import java.util.concurrent.TimeUnit;
import java.util.function.DoubleSupplier;

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
  NodeObserver observer(Traces traces) {
    Timer queued =
        meters.timer(
            "strongroom.queue.time", "How long operations wait for the token", Tags.empty());
    NodeObserver observer =
        new NodeObserver(
            meters.operations(
                "strongroom.operations", "Operations from arrival to answer", Tags.empty()),
            meters.timers(
                OperationTimers.Description.of(
                    "strongroom.operations",
                    "Operations from arrival to answer",
                    meters.common(),
                    Call.values(),
                    Call::label)),
            nanos -> queued.record(nanos, TimeUnit.NANOSECONDS),
            traces);
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
    token(vault.hsm());
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

  /** What the token is at. */
  private void token(Hsm hsm) {
    session("busy", () -> hsm.load().running());
    session("limit", () -> hsm.load().limit());
    session("most", () -> hsm.load().most());
    meters.counter(
        "strongroom.abandoned.calls",
        "Native calls that were given up because they did not return",
        Tags.empty(),
        () -> hsm.load().abandoned());
    meters.gauge(
        "strongroom.hanging.calls",
        "Native calls that were given up and have not returned yet",
        Tags.empty(),
        () -> hsm.load().hanging());
  }

  private void session(String state, DoubleSupplier value) {
    meters.gauge(
        "strongroom.sessions",
        "Sessions of the token: busy, as many as it takes well now, and the most",
        Tags.of("state", state),
        value);
  }

  /** How the node keeps level with its peers. */
  void peers(Map<String, Rounds> peers) {
    peers.forEach((peer, rounds) -> {
      reconciliations(peer, "ok", rounds::level);
      reconciliations(peer, "failed", rounds::failed);
    });
  }

  private void reconciliations(String peer, String outcome, DoubleSupplier value) {
    meters.counter(
        "strongroom.reconciliations",
        "Rounds in which the node compared itself with a peer",
        Tags.of("peer", peer, "outcome", outcome),
        value);
  }

  /** The files that the node lives on. */
  void files(NodeConfig config) {
    FileMeters files = new FileMeters(meters, Clock.systemUTC());
    files.certificate("ca", config.ca());
    files.certificate("certificate", config.certificate());
    files.revocations(config.crl());
    files.folder("strongroom.seals.bytes", "Bytes of the folder of seals", config.seals());
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
