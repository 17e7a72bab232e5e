package io.strongroom.cluster;

import io.strongroom.cluster.balance.Member;
import io.strongroom.cluster.balance.RoutingCounters;
import io.strongroom.cluster.balance.RoutingCounters.Event;
import java.time.Duration;
import java.util.List;

/**
 * What a client's routing has done since the client was opened, and how it stands. Immutable.
 *
 * @param operations operations that came in
 * @param attempts how often a node was asked: at most {@code operations} and what the retry budget
 *     allowed
 * @param retries repeats after a failure
 * @param retriesDenied repeats that there was no budget for; those operations failed
 * @param hedges second nodes that were asked because the first was slow
 * @param hedgesWon how often the second node answered first
 * @param queued how often an operation had to wait for a free node
 * @param refusedFull operations refused because too many waited
 * @param refusedBytes operations refused because too many bytes were held
 * @param refusedLate operations refused because the queue would have outlasted their deadline
 * @param expired operations whose deadline passed
 * @param waiting operations that wait for a free node now
 * @param heldBytes bytes of operations that wait or are under way now
 * @param nodes each node, in the order of the configuration
 */
public record RoutingStats(
    long operations,
    long attempts,
    long retries,
    long retriesDenied,
    long hedges,
    long hedgesWon,
    long queued,
    long refusedFull,
    long refusedBytes,
    long refusedLate,
    long expired,
    int waiting,
    long heldBytes,
    List<Node> nodes) {

  /**
   * One node as this client's routing sees it.
   *
   * @param name the node's name
   * @param serving whether it takes operations
   * @param share the share of its turns that it takes, 0 to 1; below 1 while it returns
   * @param outstanding this client's operations under way there
   * @param limit how many it gets at once
   * @param ejections how often it was taken out
   * @param failures attempts that timed out or that the device could not do
   * @param throttled attempts that the node refused because it had too much to do
   * @param slowness how many times longer operations take there than at the fastest node
   * @param latency peak EWMA of the latency
   */
  public record Node(
      String name,
      boolean serving,
      double share,
      int outstanding,
      int limit,
      int ejections,
      long failures,
      long throttled,
      double slowness,
      Duration latency) {

    private static Node of(Member member) {
      return new Node(
          member.name(),
          member.serves(),
          member.share(),
          member.outstanding(),
          member.limit(),
          member.ejections(),
          member.failures(),
          member.throttled(),
          member.slowness(),
          member.latency());
    }
  }

  static RoutingStats of(
      RoutingCounters counters, int waiting, long heldBytes, List<Member> members) {
    return new RoutingStats(
        counters.of(Event.OPERATION),
        counters.of(Event.ATTEMPT),
        counters.of(Event.RETRY),
        counters.of(Event.RETRY_DENIED),
        counters.of(Event.HEDGE),
        counters.of(Event.HEDGE_WON),
        counters.of(Event.QUEUED),
        counters.of(Event.REFUSED_FULL),
        counters.of(Event.REFUSED_BYTES),
        counters.of(Event.REFUSED_LATE),
        counters.of(Event.EXPIRED),
        waiting,
        heldBytes,
        members.stream().map(Node::of).toList());
  }
}
