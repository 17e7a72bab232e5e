package io.strongroom.cluster;

import io.strongroom.hsm.Digest;
import io.strongroom.hsm.HsmException;
import io.strongroom.hsm.MacAlgorithm;
import io.vertx.core.Future;
import io.vertx.core.VerticleBase;
import io.vertx.core.buffer.Buffer;
import io.vertx.core.http.HttpServer;
import io.vertx.core.http.HttpServerRequest;

class ReceiptVerticle extends VerticleBase {
  private static final MacAlgorithm HMAC = new MacAlgorithm.Hmac(Digest.SHA_256);

  private final String cluster;
  private int port;

  ReceiptVerticle(String cluster) {
    this.cluster = cluster;
  }

  @Override
  public Future<?> start() {
    return AsyncHsm.open(vertx, cluster)
        .compose(this::listen)
        .onSuccess(server -> port = server.actualPort());
  }

  private Future<HttpServer> listen(AsyncHsm hsm) {
    return vertx
        .createHttpServer()
        .requestHandler(request -> receipt(hsm, request))
        .listen(0, "127.0.0.1");
  }

  int port() {
    return port;
  }

  private static void receipt(AsyncHsm hsm, HttpServerRequest request) {
    request
        .body()
        .compose(
            body -> hsm.key("receipts").compose(key -> hsm.mac(key.id(), HMAC, body.getBytes())))
        .onSuccess(mac -> request.response().end(Buffer.buffer(mac)))
        .onFailure(e -> request.response().setStatusCode(status(e)).end());
  }

  private static int status(Throwable failure) {
    return failure instanceof HsmException.Throttled ? 503 : 500;
  }
}
