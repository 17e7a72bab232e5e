package io.strongroom.cluster.node;

import io.strongroom.cluster.identity.Refusal;
import io.strongroom.cluster.wire.v1.NodeGrpcService;
import io.strongroom.hsm.HsmException;
import io.vertx.core.http.HttpServerRequest;
import io.vertx.core.http.HttpVersion;
import io.vertx.grpc.common.GrpcStatus;
import java.util.Set;
import org.jspecify.annotations.Nullable;

/** Looks at a call's headers before anything of its content is read. */
final class Gate {
  private static final String OWN_CALLS =
      "/" + NodeGrpcService.SERVICE_NAME.fullyQualifiedName() + "/";
  private static final String ENCODING = "grpc-encoding";
  private static final String IDENTITY = "identity";
  private static final Set<String> FORMATS = Set.of("application/grpc", "application/grpc+proto");

  private final Callers callers;
  private final Refusals refusals;

  Gate(Callers callers, Refusals refusals) {
    this.callers = callers;
    this.refusals = refusals;
  }

  /** Whether the call may go on; if not, it is answered. */
  boolean admits(HttpServerRequest request) {
    if (request.version() != HttpVersion.HTTP_2) {
      refuse(request, Refusal.NOT_HTTP2);
      request.connection().close();
      return false;
    }
    // A compressed message could be any size once it is opened.
    String encoding = request.getHeader(ENCODING);
    if (!FORMATS.contains(String.valueOf(request.getHeader("content-type")))
        || !(encoding == null || encoding.equals(IDENTITY))) {
      refuse(request, Refusal.FORMAT);
      end(request, GrpcStatus.UNIMPLEMENTED, "send uncompressed protobuf");
      return false;
    }
    // Said in so many words, or Vert.x 5.0.7 stumbles over a message that is marked as compressed.
    request.headers().set(ENCODING, IDENTITY);
    if (request.path().startsWith(OWN_CALLS)) {
      return true;
    }
    try {
      callers.of(request.connection()).require(Call.HEALTH_OR_REFLECTION);
      return true;
    } catch (HsmException.AccessDenied e) {
      end(request, GrpcStatus.PERMISSION_DENIED, null);
    } catch (HsmException.DeviceUnavailable e) {
      end(request, GrpcStatus.UNAVAILABLE, null);
    }
    return false;
  }

  private void refuse(HttpServerRequest request, Refusal reason) {
    refusals.call(reason, callers.of(request.connection()).toString(), "any");
  }

  private static void end(HttpServerRequest request, GrpcStatus status, @Nullable String message) {
    var response =
        request
            .response()
            .putHeader("content-type", "application/grpc")
            .putHeader("grpc-accept-encoding", IDENTITY)
            .putHeader("grpc-status", Integer.toString(status.code));
    if (message != null) {
      response.putHeader("grpc-message", message);
    }
    response.end();
  }
}
