package io.strongroom.cluster.node;

import io.strongroom.cluster.identity.Authorities;
import io.strongroom.cluster.identity.PeerRefused;
import io.strongroom.cluster.identity.Purpose;
import io.strongroom.cluster.identity.Refusal;
import io.strongroom.cluster.identity.SpiffeId;
import io.strongroom.cluster.wire.Limits;
import io.strongroom.hsm.HsmException;
import io.vertx.core.Vertx;
import io.vertx.core.http.HttpConnection;
import java.security.cert.X509Certificate;
import java.time.Clock;
import java.time.Duration;
import java.time.Instant;
import java.util.List;
import java.util.Map;
import java.util.concurrent.ConcurrentHashMap;
import java.util.concurrent.atomic.AtomicLong;
import java.util.function.BiConsumer;
import javax.net.ssl.SSLPeerUnverifiedException;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * The callers of a node, by their connections: lets in as many as there is room for, and none for
 * longer than its certificate is good. Safe for use by many threads.
 */
final class Callers {
  private static final Logger LOG = LoggerFactory.getLogger(Callers.class);
  private static final long ENHANCE_YOUR_CALM = 11; // RFC 9113 §7
  private static final Duration RETIREMENT = Duration.ofSeconds(10);
  private static final int MOST_TIMER_DAYS = 7;

  private final Vertx vertx;
  private final String cluster;
  private final Refusals refusals;
  private final Clock clock;
  private final AtomicLong outstandingBytes = new AtomicLong();
  private final Map<HttpConnection, Caller> byConnection = new ConcurrentHashMap<>();
  private volatile Authorities authorities;

  Callers(Vertx vertx, NodeConfig config, Refusals refusals, Clock clock) {
    this.vertx = vertx;
    this.cluster = config.cluster();
    this.authorities = config.tls().authorities();
    this.refusals = refusals;
    this.clock = clock;
  }

  /** A new connection. */
  void connected(HttpConnection connection) {
    Caller caller = identify(connection);
    byConnection.put(connection, caller);
    refusals.counters().opened();
    FloodGuard guard = new FloodGuard(() -> turnAway(connection, Refusal.FLOOD, caller.toString()));
    connection.pingHandler(_ -> guard.frame());
    connection.remoteSettingsHandler(_ -> guard.frame());
    connection.closeHandler(_ -> {
      byConnection.remove(connection);
      refusals.counters().closed();
    });
    if (byConnection.size() > Limits.CONNECTIONS) {
      turnAway(
          connection,
          Refusal.TOO_MANY_CONNECTIONS,
          Limits.CONNECTIONS + " connections are open; " + caller + " has to wait");
    } else if (connectionsOf(caller) > Limits.CONNECTIONS_PER_IDENTITY) {
      turnAway(
          connection,
          Refusal.TOO_MANY_OF_IDENTITY,
          caller + " has " + Limits.CONNECTIONS_PER_IDENTITY + " connections; close some");
    } else {
      recheck(connection, caller);
      awaitEnd(connection, caller);
    }
  }

  private long connectionsOf(Caller caller) {
    return byConnection.values().stream().filter(c -> c.lane().equals(caller.lane())).count();
  }

  private void turnAway(HttpConnection connection, Refusal reason, String detail) {
    refusals.connection(reason, detail);
    connection.goAway(ENHANCE_YOUR_CALM);
    connection.close();
  }

  /** A connection that did not come about. */
  void notConnected(Throwable reason) {
    HandshakeFailure failure = HandshakeFailure.of(reason);
    refusals.connection(failure.reason(), failure.detail());
  }

  /** Whose certificates are accepted from now on: who is connected with another one has to go. */
  void trust(Authorities renewed) {
    authorities = renewed;
    byConnection.forEach(this::recheck);
  }

  // A resumed TLS session brings a certificate that was checked long ago.
  private void recheck(HttpConnection connection, Caller caller) {
    try {
      authorities.check(certificates(connection), Purpose.CLIENT);
    } catch (PeerRefused e) {
      // A list that is out of date lets no one in, but those who are in were checked against it.
      if (e.reason() != Refusal.REVOCATION_UNKNOWN) {
        refusals.connection(e.reason(), e.text());
        connection.close();
      }
    } catch (SSLPeerUnverifiedException e) {
      refusals.connection(Refusal.NO_CERTIFICATE, caller + " shows no certificate");
      connection.close();
    }
  }

  /**
   * Ends a connection when its certificate's time is over; gracefully, so that a new one follows.
   */
  private void awaitEnd(HttpConnection connection, Caller caller) {
    Duration left;
    try {
      Instant end = certificates(connection).getFirst().getNotAfter().toInstant();
      left = Duration.between(clock.instant(), end);
    } catch (SSLPeerUnverifiedException _) {
      return;
    }
    if (left.toDays() >= MOST_TIMER_DAYS) {
      // Looked at again until then, because the machine's clock may be set.
      left = Duration.ofDays(MOST_TIMER_DAYS);
      vertx.setTimer(left.toMillis(), _ -> whileConnected(connection, this::awaitEnd));
    } else {
      vertx.setTimer(Math.max(1, left.toMillis()), _ -> whileConnected(connection, this::retire));
    }
  }

  private void whileConnected(
      HttpConnection connection, BiConsumer<HttpConnection, Caller> action) {
    Caller caller = byConnection.get(connection);
    if (caller != null) {
      action.accept(connection, caller);
    }
  }

  private void retire(HttpConnection connection, Caller caller) {
    refusals.counters().refuse(Refusal.EXPIRED);
    LOG.info("event=connection_ended reason=expired caller={}", caller);
    caller.retire();
    vertx.setTimer(RETIREMENT.toMillis(), _ -> connection.close());
  }

  /** Who is at the other end. */
  Caller of(HttpConnection connection) {
    Caller caller = byConnection.get(connection);
    // A call may still be handed on when its connection is gone.
    return caller == null ? identify(connection) : caller;
  }

  private Caller identify(HttpConnection connection) {
    SpiffeId id = null;
    try {
      id = SpiffeId.of(certificates(connection).getFirst());
    } catch (SSLPeerUnverifiedException | HsmException.BadInput e) {
      LOG.debug("event=caller_without_identity reason=\"{}\"", e.getMessage());
    }
    return new Caller(cluster, id, refusals, outstandingBytes);
  }

  private static List<X509Certificate> certificates(HttpConnection connection)
      throws SSLPeerUnverifiedException {
    return connection.peerCertificates().stream().map(X509Certificate.class::cast).toList();
  }
}
