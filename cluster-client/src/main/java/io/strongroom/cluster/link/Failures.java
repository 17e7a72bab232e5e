package io.strongroom.cluster.link;

import io.strongroom.cluster.identity.PeerRefused;
import io.strongroom.hsm.HsmException;
import io.vertx.core.VertxException;
import io.vertx.core.http.HttpClosedException;
import io.vertx.grpc.client.InvalidStatusException;
import io.vertx.grpc.common.GrpcErrorException;
import io.vertx.grpc.common.GrpcStatus;
import java.net.ConnectException;
import java.net.UnknownHostException;
import java.nio.channels.ClosedChannelException;
import java.util.ArrayList;
import java.util.Collections;
import java.util.List;
import java.util.concurrent.TimeoutException;
import javax.net.ssl.SSLException;
import org.jspecify.annotations.Nullable;

/** What a failure of the transport means, as an {@code HsmException} with a reason in words. */
final class Failures {

  private static final String CLOSED = "connection closed";
  // Vert.x gives this to some callers as a bare VertxException.
  private static final String VERTX_CLOSED = "Connection was closed";

  private Failures() {}

  /**
   * The failure to connect to this node.
   *
   * @param ownFault what is wrong with the caller's own certificate; null if nothing can be seen
   */
  static HsmException connecting(Throwable failure, String node, @Nullable String ownFault) {
    // In TLS 1.3 a server refuses a client's certificate after the client's part is over, and
    // Vert.x does not pass the alert on: all that can be seen is that it hangs up.
    if (!reason(failure).equals(CLOSED)) {
      return of(failure, node);
    }
    String why =
        ownFault == null
            ? "it is going down, is no node, or refuses this client's certificate; check the"
                + " address and tls.certificate, and the node's log for event=connection_refused"
            : "it refuses this client's certificate: " + ownFault;
    return new HsmException.DeviceUnavailable(
        "node \"" + node + "\": it hung up at once: " + why, failure, null, node);
  }

  /** The failure of a call to this node. */
  static HsmException of(Throwable failure, String node) {
    if (failure instanceof HsmException known) {
      return known;
    }
    GrpcStatus status = status(failure);
    String message = "node \"" + node + "\": " + reason(failure);
    if (status == GrpcStatus.PERMISSION_DENIED || status == GrpcStatus.UNAUTHENTICATED) {
      return new HsmException.AccessDenied(message, failure, null, node);
    }
    if (status == GrpcStatus.RESOURCE_EXHAUSTED) {
      return new HsmException.Throttled(message, failure, null, node);
    }
    if (failure instanceof TimeoutException || status == GrpcStatus.DEADLINE_EXCEEDED) {
      return new HsmException.DeadlineExceeded(message, failure, null, node);
    }
    return new HsmException.DeviceUnavailable(message, failure, null, node);
  }

  /** The reason in words, without the node's name. */
  static String reason(Throwable failure) {
    List<Throwable> chain = chain(failure);
    for (Throwable cause : chain) {
      String known = known(cause);
      if (known != null) {
        return known;
      }
    }
    Throwable root = chain.getFirst();
    return root.getMessage() == null ? root.getClass().getSimpleName() : root.getMessage();
  }

  private static @Nullable String known(Throwable cause) {
    String text = String.valueOf(cause.getMessage());
    return switch (cause) {
      case PeerRefused _ -> text;
      case SSLException _ when text.contains("fatal alert") ->
          "it refuses this client's certificate (" + text + ")";
      case UnknownHostException _ -> "unknown host " + text;
      case ConnectException _ when text.contains("refused") -> "connection refused";
      case ConnectException _ -> text;
      case TimeoutException _ -> "no answer in time";
      case HttpClosedException _ -> CLOSED;
      case ClosedChannelException _ -> CLOSED;
      case VertxException _ when text.equals(VERTX_CLOSED) -> CLOSED;
      default -> {
        GrpcStatus status = status(cause);
        yield status == null ? null : "it answers " + status;
      }
    };
  }

  private static @Nullable GrpcStatus status(Throwable failure) {
    return switch (failure) {
      case InvalidStatusException invalid -> invalid.actualStatus();
      case GrpcErrorException error -> error.status();
      default -> null;
    };
  }

  /** The innermost cause first: it says most. */
  private static List<Throwable> chain(Throwable failure) {
    List<Throwable> chain = new ArrayList<>();
    for (Throwable t = failure; t != null && !chain.contains(t); t = t.getCause()) {
      chain.add(t);
    }
    Collections.reverse(chain);
    return chain;
  }
}
