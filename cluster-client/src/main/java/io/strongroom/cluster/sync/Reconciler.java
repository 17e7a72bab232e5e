package io.strongroom.cluster.sync;

import io.strongroom.cluster.identity.SpiffeId;
import io.strongroom.cluster.identity.TlsFiles;
import io.strongroom.cluster.observe.Troubles;
import io.strongroom.hsm.HsmException;
import io.vertx.core.Vertx;
import java.net.InetSocketAddress;
import java.time.Duration;
import java.util.HashMap;
import java.util.Map;
import java.util.concurrent.Future;
import java.util.concurrent.ScheduledThreadPoolExecutor;
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
  private static final String TOKEN = "token";

  private final Troubles troubles = new Troubles();
  private final Vertx vertx;
  private final TlsFiles tls;
  private final Replica replica;
  private final Duration interval;
  private final Contests contests;
  private final Map<SpiffeId, Running> peers = new HashMap<>();
  private final ScheduledThreadPoolExecutor threads;

  /** A peer that is asked at the interval. */
  private record Running(InetSocketAddress address, PeerSync sync, Future<?> schedule) {}

  /**
   * For a node without peers yet; nothing happens before {@link #start}.
   *
   * @param interval how often peers are asked
   */
  public Reconciler(Vertx vertx, TlsFiles tls, Replica replica, Duration interval) {
    this.vertx = vertx;
    this.tls = tls;
    this.replica = replica;
    this.interval = interval;
    this.contests = new Contests(replica, 1);
    this.threads =
        new ScheduledThreadPoolExecutor(
            1, Thread.ofPlatform().daemon().name("reconciler-", 1).factory());
    threads.setRemoveOnCancelPolicy(true);
  }

  /**
   * Begins to compare, at once and then at the interval.
   *
   * @param now the peers' identities and addresses, unresolved
   */
  public void start(Map<SpiffeId, InetSocketAddress> now) {
    repeat(this::levelToken);
    peers(now);
  }

  /** How it goes with each peer, by their names. */
  public synchronized Map<String, Rounds> rounds() {
    return peers.values().stream()
        .map(Running::sync)
        .collect(Collectors.toMap(PeerSync::peer, PeerSync::rounds));
  }

  /** These are the peers from now on; those that stay the same are asked on as they were. */
  public synchronized void peers(Map<SpiffeId, InetSocketAddress> now) {
    contests.peers(now.keySet().stream().map(SpiffeId::name).collect(Collectors.toSet()));
    peers
        .entrySet()
        .removeIf(known -> {
          Running running = known.getValue();
          boolean gone = !running.address().equals(now.get(known.getKey()));
          if (gone) {
            running.schedule().cancel(false);
            running.sync().close();
          }
          return gone;
        });
    threads.setCorePoolSize(now.size() + 1);
    now.forEach((peer, address) -> peers.computeIfAbsent(peer, _ -> begin(peer, address)));
  }

  private Running begin(SpiffeId peer, InetSocketAddress address) {
    PeerSync sync =
        new PeerSync(
            peer.name(), tls, () -> new PeerClient(vertx, tls, peer, address), replica, contests);
    return new Running(address, sync, repeat(sync::run));
  }

  private Future<?> repeat(Runnable round) {
    return threads.scheduleWithFixedDelay(round, 0, interval.toMillis(), TimeUnit.MILLISECONDS);
  }

  private void levelToken() {
    try {
      replica.levelToken();
      troubles.over(TOKEN);
    } catch (RuntimeException e) {
      // An exception would end the schedule; the next round may go better.
      if (troubles.isNews(TOKEN, e.toString())) {
        LOG.warn("event=token_not_level reason=\"{}\"", e.toString());
      }
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
    closePeers();
  }

  private synchronized void closePeers() {
    peers.values().forEach(peer -> peer.sync().close());
  }

  /** What a reason looks like in the log: one line. */
  static String reason(HsmException e) {
    return e.text().lines().findFirst().orElse("");
  }
}
