package io.strongroom.cluster.node;

import io.strongroom.cluster.identity.Authorities;
import io.strongroom.cluster.identity.SpiffeId;
import io.strongroom.cluster.identity.TlsFiles;
import io.strongroom.cluster.identity.TlsSnapshot;
import io.strongroom.cluster.wire.Limits;
import io.strongroom.cluster.wire.v1.NodeGrpcService;
import io.strongroom.hsm.HsmException;
import io.vertx.core.Future;
import io.vertx.core.Promise;
import io.vertx.core.Vertx;
import io.vertx.core.http.Http2Settings;
import io.vertx.core.http.HttpServer;
import io.vertx.core.http.HttpServerOptions;
import io.vertx.grpc.health.HealthService;
import io.vertx.grpc.reflection.ReflectionService;
import io.vertx.grpc.server.GrpcProtocol;
import io.vertx.grpc.server.GrpcServer;
import io.vertx.grpc.server.GrpcServerOptions;
import java.time.Clock;
import java.time.Duration;
import java.util.concurrent.ExecutionException;
import java.util.concurrent.Executors;
import java.util.concurrent.RejectedExecutionException;
import java.util.concurrent.ScheduledExecutorService;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.TimeoutException;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/** The gRPC server of a node: TLS, health, reflection, and the node's own calls. */
final class NodeServer {
  private static final Logger LOG = LoggerFactory.getLogger(NodeServer.class);
  private static final int STREAM_WINDOW_BYTES = 1 << 20;
  private static final int CONNECTION_WINDOW_BYTES = 4 << 20;
  private static final String HEALTH = "health";
  private static final Duration LISTEN_LIMIT = Duration.ofSeconds(20);

  private final TlsFiles tls;
  private final Callers callers;
  private final NodeCounters counters;
  private final HttpServer server;
  private final SpiffeId identity;
  private final CertificateWatch watch = new CertificateWatch(Clock.systemUTC());
  private final ScheduledExecutorService renewals =
      Executors.newSingleThreadScheduledExecutor(
          Thread.ofPlatform().daemon().name("node-certificates").factory());
  private TlsSnapshot certificates;
  private String lastFailure = "";

  private NodeServer(Vertx vertx, NodeConfig config, Callers callers, NodeCounters counters) {
    this.counters = counters;
    this.tls = config.tls();
    this.callers = callers;
    this.identity = tls.identity();
    this.certificates = TlsSnapshot.of(tls);
    HttpServerOptions options =
        tls.serverOptions()
            .setHost(config.listen().getHostString())
            .setPort(config.listen().getPort())
            .setHttp2ConnectionWindowSize(CONNECTION_WINDOW_BYTES)
            .setHttp2RstFloodMaxRstFramePerWindow(Limits.RESETS_PER_WINDOW)
            .setHttp2RstFloodWindowDuration((int) Limits.WINDOW.toSeconds())
            .setHttp2RstFloodWindowDurationTimeUnit(TimeUnit.SECONDS)
            .setInitialSettings(
                new Http2Settings()
                    .setInitialWindowSize(STREAM_WINDOW_BYTES)
                    .setMaxConcurrentStreams(Limits.STREAMS)
                    .setMaxHeaderListSize(Limits.HEADER_BYTES));
    options
        .setSslHandshakeTimeout(Limits.HANDSHAKE.toSeconds())
        .setSslHandshakeTimeoutUnit(TimeUnit.SECONDS)
        .setIdleTimeout((int) Limits.IDLE.toSeconds())
        .setIdleTimeoutUnit(TimeUnit.SECONDS);
    this.server = vertx.createHttpServer(options);
    watch.renewed(tls, tls.authorities());
  }

  /**
   * Starts to listen.
   *
   * @throws HsmException.DeviceUnavailable if the address cannot be had
   */
  static NodeServer listen(
      Vertx vertx, NodeConfig config, Callers callers, NodeApi api, NodeApi.Engine engine) {
    NodeServer server = new NodeServer(vertx, config, callers, engine.refusals().counters());
    GrpcServer grpc = GrpcServer.server(vertx, options());
    Gate gate = new Gate(callers, engine.refusals());
    grpc.addService(api.service());
    grpc.addService(health(vertx, engine));
    grpc.addService(ReflectionService.v1());
    server
        .server
        .connectionHandler(callers::connected)
        .exceptionHandler(callers::notConnected)
        .requestHandler(request -> {
          if (gate.admits(request)) {
            grpc.handle(request);
          }
        });
    try {
      await(server.server.listen(), LISTEN_LIMIT);
    } catch (ExecutionException | TimeoutException e) {
      throw new HsmException.DeviceUnavailable(
          "node \"%s\" cannot listen on %s:%d: %s; end what listens there, or change listen in node.yaml"
              .formatted(
                  config.name(),
                  config.listen().getHostString(),
                  config.listen().getPort(),
                  e.getMessage()),
          e);
    }
    long everyMillis = config.sync().toMillis();
    server.renewals.scheduleWithFixedDelay(
        server::renewCertificates, everyMillis, everyMillis, TimeUnit.MILLISECONDS);
    return server;
  }

  private static GrpcServerOptions options() {
    return new GrpcServerOptions()
        .setMaxMessageSize(Limits.MESSAGE_BYTES)
        .removeEnabledProtocol(GrpcProtocol.WEB)
        .removeEnabledProtocol(GrpcProtocol.WEB_TEXT)
        .removeEnabledProtocol(GrpcProtocol.TRANSCODING);
  }

  private static HealthService health(Vertx vertx, NodeApi.Engine engine) {
    HealthService health = HealthService.create(vertx);
    health.register("", () -> serving(engine));
    health.register(NodeGrpcService.SERVICE_NAME, () -> serving(engine));
    return health;
  }

  /** Healthy is a node that does a real operation in its token. */
  static Future<Boolean> serving(NodeApi.Engine engine) {
    if (engine.drain().isDraining()) {
      return Future.succeededFuture(false);
    }
    Promise<Boolean> serving = Promise.promise();
    try {
      engine.control().execute(HEALTH, () -> serving.complete(engine.operations().isWorking()));
    } catch (RejectedExecutionException e) {
      serving.complete(false);
    }
    return serving.future();
  }

  private void renewCertificates() {
    try {
      if (renew()) {
        counters.renewCertificates();
        LOG.info("event=certificates_renewed");
      }
      lastFailure = "";
    } catch (ExecutionException | TimeoutException | RuntimeException e) {
      // Once, and not at every look: whoever replaces the files may need a while.
      if (!e.toString().equals(lastFailure)) {
        lastFailure = e.toString();
        LOG.warn("event=certificates_not_renewed reason=\"{}\"", lastFailure);
      }
    }
  }

  private boolean renew() throws ExecutionException, TimeoutException {
    watch.look();
    TlsSnapshot now = TlsSnapshot.of(tls);
    if (now.equals(certificates)) {
      return false;
    }
    if (!tls.identity().equals(identity)) {
      throw new HsmException.BadInput(
          tls.certificate() + " is now of " + tls.identity() + ", wanted " + identity);
    }
    Authorities authorities = tls.authorities();
    await(server.updateSSLOptions(tls.serverSslOptions(), true), LISTEN_LIMIT);
    callers.trust(authorities);
    watch.renewed(tls, authorities);
    certificates = now;
    return true;
  }

  int port() {
    return server.actualPort();
  }

  /** Ends the connections, those that still have calls under way after this time too. */
  void shutdown(Duration limit) {
    renewals.shutdownNow();
    try {
      await(server.shutdown(limit.toMillis(), TimeUnit.MILLISECONDS), limit.plus(LISTEN_LIMIT));
    } catch (ExecutionException | TimeoutException e) {
      LOG.warn("event=server_not_closed reason=\"{}\"", e.toString());
    }
  }

  private static <T> T await(Future<T> future, Duration limit)
      throws ExecutionException, TimeoutException {
    try {
      return future
          .toCompletionStage()
          .toCompletableFuture()
          .get(limit.toMillis(), TimeUnit.MILLISECONDS);
    } catch (InterruptedException e) {
      Thread.currentThread().interrupt();
      throw new HsmException.DeviceUnavailable("interrupted", e);
    }
  }
}
