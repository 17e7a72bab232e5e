package io.strongroom.cluster.node;

import io.strongroom.hsm.HsmException;
import io.vertx.core.Future;
import io.vertx.core.Vertx;
import io.vertx.core.http.HttpMethod;
import io.vertx.core.http.HttpServer;
import io.vertx.core.http.HttpServerOptions;
import io.vertx.core.http.HttpServerRequest;
import java.net.InetSocketAddress;
import java.util.concurrent.ExecutionException;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.TimeoutException;
import java.util.concurrent.atomic.AtomicInteger;
import java.util.function.Supplier;

/**
 * A small plain HTTP server for whoever watches the node: {@code /metrics} in Prometheus' text
 * format, {@code /health/live} and {@code /health/ready} for whoever restarts or routes. It says
 * nothing secret, takes no input but the path, and holds little at once.
 */
final class MetricsServer {

  /** The text format of Prometheus. */
  private static final String TEXT = "text/plain; version=0.0.4; charset=utf-8";

  private static final int MOST_CONNECTIONS = 64;
  private static final int MOST_ANSWERS = 8;
  private static final int LONGEST_LINE_BYTES = 1024;
  private static final int LARGEST_HEADERS_BYTES = 8192;
  private static final int IDLE_SECONDS = 15;
  private static final int LISTEN_SECONDS = 20;
  private static final int ANSWER_SECONDS = 5;

  private final Vertx vertx;
  private final Answers answers;
  private final HttpServer server;
  private final AtomicInteger connections = new AtomicInteger();
  private final AtomicInteger underWay = new AtomicInteger();

  /**
   * What it answers with.
   *
   * @param metrics all metrics as text; may block
   * @param live whether the process can do its work without being started again
   * @param ready whether the node takes operations now
   */
  record Answers(
      Supplier<String> metrics, Supplier<Boolean> live, Supplier<Future<Boolean>> ready) {}

  private MetricsServer(Vertx vertx, InetSocketAddress address, Answers answers) {
    this.vertx = vertx;
    this.answers = answers;
    this.server =
        vertx.createHttpServer(
            new HttpServerOptions()
                .setHost(address.getHostString())
                .setPort(address.getPort())
                .setHttp2ClearTextEnabled(false)
                .setMaxInitialLineLength(LONGEST_LINE_BYTES)
                .setMaxHeaderSize(LARGEST_HEADERS_BYTES)
                .setIdleTimeout(IDLE_SECONDS));
  }

  /**
   * Starts to listen.
   *
   * @throws HsmException.DeviceUnavailable if the address cannot be had
   */
  static MetricsServer listen(Vertx vertx, InetSocketAddress address, Answers answers) {
    MetricsServer server = new MetricsServer(vertx, address, answers);
    server
        .server
        .connectionHandler(connection -> {
          if (server.connections.incrementAndGet() > MOST_CONNECTIONS) {
            connection.close();
          }
          connection.closeHandler(_ -> server.connections.decrementAndGet());
        })
        .requestHandler(server::answer);
    try {
      server
          .server
          .listen()
          .toCompletionStage()
          .toCompletableFuture()
          .get(LISTEN_SECONDS, TimeUnit.SECONDS);
      return server;
    } catch (ExecutionException | TimeoutException e) {
      throw new HsmException.DeviceUnavailable(
          "cannot listen on %s:%d for metrics: %s; end what listens there, or change metrics in node.yaml"
              .formatted(address.getHostString(), address.getPort(), e.getMessage()),
          e);
    } catch (InterruptedException e) {
      Thread.currentThread().interrupt();
      throw new HsmException.DeviceUnavailable("interrupted", e);
    }
  }

  int port() {
    return server.actualPort();
  }

  private void answer(HttpServerRequest request) {
    if (request.method() != HttpMethod.GET && request.method() != HttpMethod.HEAD) {
      request.response().putHeader("allow", "GET, HEAD");
      end(request, 405, "only GET and HEAD");
      return;
    }
    if (underWay.incrementAndGet() > MOST_ANSWERS) {
      underWay.decrementAndGet();
      end(request, 503, "busy");
      return;
    }
    route(request)
        .timeout(ANSWER_SECONDS, TimeUnit.SECONDS)
        .recover(_ -> Future.succeededFuture(new Reply(503, "no answer")))
        .onSuccess(reply -> {
          underWay.decrementAndGet();
          end(request, reply.status(), reply.text());
        });
  }

  private record Reply(int status, String text) {
    static Reply of(boolean good) {
      return new Reply(good ? 200 : 503, good ? "yes" : "no");
    }
  }

  private Future<Reply> route(HttpServerRequest request) {
    return switch (request.path()) {
      case "/metrics" ->
          vertx.executeBlocking(() -> new Reply(200, answers.metrics().get()), false);
      case "/health/live" -> Future.succeededFuture(Reply.of(answers.live().get()));
      case "/health/ready" -> answers.ready().get().map(Reply::of);
      case null, default ->
          Future.succeededFuture(
              new Reply(404, "there are /metrics, /health/live and /health/ready"));
    };
  }

  private static void end(HttpServerRequest request, int status, String text) {
    String body = text.endsWith("\n") ? text : text + "\n";
    request
        .response()
        .setStatusCode(status)
        .putHeader("content-type", TEXT)
        .putHeader("cache-control", "no-store")
        .end(body);
  }
}
