package io.strongroom.cluster.node;

import io.netty.handler.ssl.NotSslRecordException;
import io.netty.handler.ssl.SslHandshakeTimeoutException;
import io.strongroom.cluster.identity.PeerRefused;
import io.strongroom.cluster.identity.Refusal;
import java.io.IOException;
import java.util.HashSet;
import java.util.Set;
import javax.net.ssl.SSLException;

/**
 * Why a connection did not come about.
 *
 * @param reason for those who count
 * @param detail what was seen, and what to do
 */
record HandshakeFailure(Refusal reason, String detail) {

  /** What a failure of the transport says. */
  static HandshakeFailure of(Throwable failure) {
    Set<Throwable> seen = new HashSet<>();
    Throwable last = failure;
    for (Throwable t = failure; t != null && seen.add(t); t = t.getCause()) {
      if (t instanceof PeerRefused refused) {
        return new HandshakeFailure(refused.reason(), refused.text());
      }
      last = t;
    }
    return new HandshakeFailure(reason(last), text(last));
  }

  private static Refusal reason(Throwable failure) {
    String text = String.valueOf(failure.getMessage());
    return switch (failure) {
      case NotSslRecordException _ -> Refusal.NOT_TLS;
      case SslHandshakeTimeoutException _ -> Refusal.HANDSHAKE_NOT_FINISHED;
      case SSLException _ when text.contains("Empty client certificate") -> Refusal.NO_CERTIFICATE;
      case SSLException _ when text.contains("protocol_version") -> Refusal.OLD_TLS;
      case SSLException _ when text.contains("no_application_protocol") -> Refusal.NOT_HTTP2;
      case SSLException _ when text.contains("Received fatal alert") -> Refusal.REFUSED_BY_PEER;
      case SSLException _ -> Refusal.HANDSHAKE_FAILED;
      case IOException _ -> Refusal.HANDSHAKE_NOT_FINISHED;
      // Of Netty's guard against rapid resets, which ends a connection that did come about.
      default -> text.contains("RST frames") ? Refusal.FLOOD : Refusal.HANDSHAKE_FAILED;
    };
  }

  private static String text(Throwable failure) {
    String seen = failure.getClass().getSimpleName() + ": " + failure.getMessage();
    return switch (reason(failure)) {
      case NOT_TLS -> "the peer does not speak TLS; check what asks this port";
      case OLD_TLS -> seen + "; nodes speak TLS 1.3 only";
      case NOT_HTTP2 -> seen + "; nodes speak HTTP/2 only";
      case NO_CERTIFICATE -> "the peer shows no certificate; give it tls.certificate and tls.key";
      case REFUSED_BY_PEER -> seen + "; the peer refuses this node's certificate, see its log";
      default -> seen;
    };
  }
}
