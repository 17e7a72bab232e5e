package io.strongroom.cluster.sync;

import com.google.protobuf.ByteString;
import io.strongroom.cluster.identity.SpiffeId;
import io.strongroom.cluster.identity.TlsFiles;
import io.strongroom.cluster.identity.TlsSnapshot;
import io.strongroom.hsm.HsmException;
import io.vertx.core.Vertx;
import java.net.InetSocketAddress;
import java.time.Duration;
import java.util.Comparator;
import java.util.List;
import java.util.Map;
import java.util.TreeMap;
import java.util.concurrent.Executors;
import java.util.concurrent.ScheduledExecutorService;
import java.util.concurrent.ScheduledFuture;
import java.util.concurrent.TimeUnit;
import org.jspecify.annotations.Nullable;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * Compares a node with each of its peers, at start and at an interval: applies tombstones that it
 * lacks, then fetches and opens seals that it lacks. A node only ever pulls. Works on a thread of
 * its own.
 */
public final class Reconciler implements AutoCloseable {
  private static final Logger LOG = LoggerFactory.getLogger(Reconciler.class);

  private final Vertx vertx;
  private final TlsFiles tls;
  private final Replica replica;
  private final Map<SpiffeId, InetSocketAddress> peers;
  private final ScheduledExecutorService thread;
  private @Nullable ScheduledFuture<?> rounds;
  private List<PeerSync> connected = List.of();
  private TlsSnapshot certificates = TlsSnapshot.NONE;

  /**
   * For a node with these peers; nothing happens before {@link #start}.
   *
   * @param peers their identities and addresses, unresolved
   */
  public Reconciler(
      Vertx vertx, TlsFiles tls, Replica replica, Map<SpiffeId, InetSocketAddress> peers) {
    this.vertx = vertx;
    this.tls = tls;
    this.replica = replica;
    this.peers = new TreeMap<>(Comparator.comparing(SpiffeId::toString));
    this.peers.putAll(peers);
    this.thread =
        Executors.newSingleThreadScheduledExecutor(
            Thread.ofPlatform().daemon().name("reconciler").factory());
  }

  /** Begins to compare, at once and then at this interval. */
  public void start(Duration interval) {
    rounds =
        thread.scheduleWithFixedDelay(
            this::reconcile, 0, interval.toMillis(), TimeUnit.MILLISECONDS);
  }

  private void reconcile() {
    try {
      replica.levelToken();
      TlsSnapshot now = TlsSnapshot.of(tls);
      if (!now.equals(certificates)) {
        connect();
        certificates = now;
      }
    } catch (RuntimeException e) {
      // An exception would end the schedule; the next round may go better.
      LOG.warn("event=reconcile-failed reason=\"{}\"", e.toString());
    }
    connected.forEach(PeerSync::run);
  }

  private void connect() {
    connected.forEach(PeerSync::close);
    ByteString domain = ByteString.copyFrom(replica.domainCheckValue());
    connected =
        peers.entrySet().stream()
            .map(peer ->
                new PeerSync(
                    peer.getKey().name(),
                    new PeerClient(vertx, tls, peer.getKey(), peer.getValue()),
                    replica,
                    domain))
            .toList();
  }

  /** Ends the comparing; a round that is under way is waited for, but not for long. */
  @Override
  public void close() {
    if (rounds != null) {
      rounds.cancel(true);
    }
    thread.shutdown();
    try {
      if (!thread.awaitTermination(5, TimeUnit.SECONDS)) {
        LOG.warn("event=reconciler-still-busy");
      }
    } catch (InterruptedException e) {
      Thread.currentThread().interrupt();
    }
    connected.forEach(PeerSync::close);
  }

  /** What a reason looks like in the log: one line. */
  static String reason(HsmException e) {
    return e.text().lines().findFirst().orElse("");
  }
}
