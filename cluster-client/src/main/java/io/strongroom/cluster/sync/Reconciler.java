package io.strongroom.cluster.sync;

import io.strongroom.cluster.identity.SpiffeId;
import io.strongroom.cluster.identity.TlsFiles;
import io.strongroom.hsm.HsmException;
import io.vertx.core.Vertx;
import java.net.InetSocketAddress;
import java.time.Duration;
import java.util.List;
import java.util.Map;
import java.util.concurrent.Executors;
import java.util.concurrent.ScheduledExecutorService;
import java.util.concurrent.TimeUnit;
import java.util.stream.Collectors;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * Compares a node with each of its peers, at start and at an interval: applies tombstones that it
 * lacks, then fetches and opens seals that it lacks. A node only ever pulls. Works on threads of
 * its own, one for each peer, so that a silent one holds up no other.
 */
public final class Reconciler implements AutoCloseable {
  private static final Logger LOG = LoggerFactory.getLogger(Reconciler.class);

  private final Replica replica;
  private final List<PeerSync> peers;
  private final ScheduledExecutorService threads;

  /**
   * For a node with these peers; nothing happens before {@link #start}.
   *
   * @param peers their identities and addresses, unresolved
   */
  public Reconciler(
      Vertx vertx, TlsFiles tls, Replica replica, Map<SpiffeId, InetSocketAddress> peers) {
    this.replica = replica;
    Contests contests = new Contests(peers.size() + 1);
    this.peers =
        peers.entrySet().stream()
            .map(peer ->
                new PeerSync(
                    peer.getKey().name(),
                    tls,
                    () -> new PeerClient(vertx, tls, peer.getKey(), peer.getValue()),
                    replica,
                    contests))
            .toList();
    this.threads =
        Executors.newScheduledThreadPool(
            peers.size() + 1, Thread.ofPlatform().daemon().name("reconciler-", 1).factory());
  }

  /** Begins to compare, at once and then at this interval. */
  public void start(Duration interval) {
    repeat(this::levelToken, interval);
    peers.forEach(peer -> repeat(peer::run, interval));
  }

  /** How it goes with each peer, by their names. */
  public Map<String, Rounds> rounds() {
    return peers.stream().collect(Collectors.toMap(PeerSync::peer, PeerSync::rounds));
  }

  private void repeat(Runnable round, Duration interval) {
    threads.scheduleWithFixedDelay(round, 0, interval.toMillis(), TimeUnit.MILLISECONDS);
  }

  private void levelToken() {
    try {
      replica.levelToken();
    } catch (RuntimeException e) {
      // An exception would end the schedule; the next round may go better.
      LOG.warn("event=token_not_level reason=\"{}\"", e.toString());
    }
  }

  /** Ends the comparing; rounds that are under way are waited for, but not for long. */
  @Override
  public void close() {
    threads.shutdownNow();
    try {
      if (!threads.awaitTermination(5, TimeUnit.SECONDS)) {
        LOG.warn("event=reconciler_still_busy");
      }
    } catch (InterruptedException e) {
      Thread.currentThread().interrupt();
    }
    peers.forEach(PeerSync::close);
  }

  /** What a reason looks like in the log: one line. */
  static String reason(HsmException e) {
    return e.text().lines().findFirst().orElse("");
  }
}
