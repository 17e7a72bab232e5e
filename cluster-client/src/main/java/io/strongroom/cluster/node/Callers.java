package io.strongroom.cluster.node;

import io.strongroom.cluster.identity.SpiffeId;
import io.strongroom.hsm.HsmException;
import io.vertx.core.http.HttpConnection;
import java.security.cert.X509Certificate;
import java.util.Map;
import java.util.concurrent.ConcurrentHashMap;
import javax.net.ssl.SSLPeerUnverifiedException;

/** The callers of a node, by their connections. Safe for use by many threads. */
final class Callers {
  private final String cluster;
  private final Refusals refusals;
  private final Map<HttpConnection, Caller> byConnection = new ConcurrentHashMap<>();

  Callers(String cluster, Refusals refusals) {
    this.cluster = cluster;
    this.refusals = refusals;
  }

  /** A new connection. */
  void connected(HttpConnection connection) {
    byConnection.put(connection, identify(connection));
    refusals.counters().opened();
    connection.closeHandler(closed -> {
      byConnection.remove(connection);
      refusals.counters().closed();
    });
  }

  /** A connection that did not come about. */
  void notConnected(Throwable reason) {
    HandshakeFailure failure = HandshakeFailure.of(reason);
    refusals.connection(failure.reason(), failure.detail());
  }

  /** Who is at the other end. */
  Caller of(HttpConnection connection) {
    Caller caller = byConnection.get(connection);
    // A call may still be handed on when its connection is gone.
    return caller == null ? identify(connection) : caller;
  }

  private Caller identify(HttpConnection connection) {
    try {
      SpiffeId id = SpiffeId.of((X509Certificate) connection.peerCertificates().getFirst());
      return new Caller(cluster, id, id.toString(), refusals);
    } catch (SSLPeerUnverifiedException | HsmException.BadInput e) {
      return new Caller(cluster, null, "a caller without an identity", refusals);
    }
  }
}
