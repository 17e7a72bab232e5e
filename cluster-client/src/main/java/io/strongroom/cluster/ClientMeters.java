package io.strongroom.cluster;

import io.micrometer.core.instrument.Tags;
import io.strongroom.cluster.balance.Member;
import io.strongroom.cluster.balance.RoutingCounters;
import io.strongroom.cluster.balance.RoutingCounters.Event;
import io.strongroom.cluster.observe.DomainCheck;
import io.strongroom.cluster.observe.FileMeters;
import io.strongroom.cluster.observe.Meters;
import io.strongroom.cluster.observe.OperationTimers;
import io.strongroom.cluster.wire.v1.DescribeReply;
import io.strongroom.hsm.KeyId;
import java.time.Clock;
import java.util.HashSet;
import java.util.Set;

/**
 * The meters of a client. Their values belong to the event loop, and are read beside it: each is a
 * single number that may be a moment old.
 */
final class ClientMeters {

  private final Meters meters;
  private final Fleet fleet;

  private ClientMeters(Meters meters, Fleet fleet) {
    this.meters = meters;
    this.fleet = fleet;
  }

  static void bind(Meters meters, ClusterConfig config, Fleet fleet, Dispatcher dispatcher) {
    ClientMeters all = new ClientMeters(meters, fleet);
    all.cluster(config, dispatcher);
    fleet.nodes().forEach(all::node);
  }

  private void cluster(ClusterConfig config, Dispatcher dispatcher) {
    Tags none = Tags.empty();
    meters.gauge(
        "strongroom.queue", "Operations that wait for a free node", none, dispatcher::queued);
    RoutingCounters counters = dispatcher.counters();
    meters.counter(
        "strongroom.retries", "Repeats after a failure", none, () -> counters.of(Event.RETRY));
    meters.counter(
        "strongroom.retries.denied",
        "Repeats that there was no budget for: those operations failed",
        none,
        () -> counters.of(Event.RETRY_DENIED));
    meters.counter(
        "strongroom.hedges.won",
        "How often the second node answered first",
        none,
        () -> counters.of(Event.HEDGE_WON));
    meters.counter(
        "strongroom.hedges",
        "Second nodes that were asked because the first was slow",
        none,
        () -> counters.of(Event.HEDGE));
    refused(counters, "queue-full", Event.REFUSED_FULL);
    refused(counters, "bytes", Event.REFUSED_BYTES);
    refused(counters, "too-late", Event.REFUSED_LATE);
    meters.gauge("strongroom.nodes", "Nodes of the cluster", none, () -> fleet.nodes().size());
    FileMeters files = new FileMeters(meters, Clock.systemUTC());
    files.certificate("ca", config.tls().ca());
    files.certificate("certificate", config.tls().certificate());
    files.revocations(config.tls().crl());
    meters.gauge("strongroom.quorum", "Nodes that must hold a key", none, config::quorum);
  }

  private void refused(RoutingCounters counters, String reason, Event event) {
    meters.counter(
        "strongroom.refused",
        "Operations that no node was asked for",
        Tags.of("reason", reason),
        () -> counters.of(event));
  }

  /** Timers for what is asked of a node. */
  static OperationTimers attempts(Meters meters, Node node) {
    return meters.operations(
        "strongroom.operations", "Attempts at one node, by their end", tags(node.member()));
  }

  private static Tags tags(Member member) {
    return Tags.of("node", member.name(), "zone", member.zone());
  }

  private void node(Node node) {
    Member member = node.member();
    Tags tags = tags(member);
    meters.gauge(
        "strongroom.serving",
        "1 if the node takes operations",
        tags,
        () -> member.serves() ? 1 : 0);
    meters.counter(
        "strongroom.ejections", "How often the node was taken out", tags, member::ejections);
    meters.gauge(
        "strongroom.outstanding", "Operations under way at the node", tags, member::outstanding);
    meters.gauge("strongroom.limit", "Operations the node gets at once", tags, member::limit);
    meters.counter(
        "strongroom.throttled",
        "Attempts that the node refused because it had too much to do",
        tags,
        member::throttled);
    meters.gauge(
        "strongroom.keys",
        "Keys, by the state they are in at the node",
        tags.and("state", "held"),
        () -> node.inventory().keys().size());
    meters.gauge(
        "strongroom.keys",
        "Keys, by the state they are in at the node",
        tags.and("state", "destroyed"),
        () -> node.inventory().tombstones().size());
    meters.gauge(
        "strongroom.keys.missing",
        "Keys that another node holds and this one does not",
        tags,
        () -> missing(node));
    meters.gauge(
        "strongroom.domain.check",
        "The domain key's check value as a number: the same at all nodes of a cluster",
        tags,
        () -> domainCheck(node));
  }

  private static double domainCheck(Node node) {
    DescribeReply description = node.description();
    return description == null
        ? Double.NaN
        : DomainCheck.number(description.getDomainCheckValue().toByteArray());
  }

  private int missing(Node node) {
    Set<KeyId> missing = new HashSet<>();
    fleet.nodes().forEach(n -> missing.addAll(n.inventory().keys().keySet()));
    fleet.nodes().forEach(n -> missing.removeAll(n.inventory().tombstones()));
    missing.removeAll(node.inventory().keys().keySet());
    return missing.size();
  }
}
