package io.strongroom.benchmarks.cluster;

import io.strongroom.benchmarks.Operation;
import io.strongroom.cluster.ClusterConfig;
import io.strongroom.cluster.ClusterDriver;
import io.strongroom.cluster.wire.v1.NodeGrpcClient;
import io.strongroom.hsm.KeyId;
import io.vertx.core.Context;
import io.vertx.core.Future;
import io.vertx.core.Vertx;
import io.vertx.core.VertxOptions;
import io.vertx.core.net.SocketAddress;
import io.vertx.grpc.client.GrpcClient;
import io.vertx.grpc.client.GrpcClientResponse;
import java.util.Map;
import java.util.Objects;

/**
 * One call an operation, as a unary method of the same message would be: one message each way, a
 * stream of HTTP/2 for each. All to one node, and nothing is repeated.
 */
final class UnaryClient implements Client {
  private static final int DEADLINE_MILLIS = 30_000;

  private final Vertx vertx = Vertx.vertx(new VertxOptions().setEventLoopPoolSize(1));
  private final Context context = vertx.getOrCreateContext();
  private final Map<String, KeyId> keys;
  private final GrpcClient client;
  private final SocketAddress address;

  UnaryClient(String url) {
    ClusterConfig config = ClusterDriver.config(url);
    this.keys = WireOperations.keys(url);
    ClusterConfig.Node node = config.nodes().getFirst();
    this.client = GrpcClient.client(vertx, Tls.clientOptions(config));
    this.address = SocketAddress.inetSocketAddress(node.port(), node.host());
  }

  @Override
  public Call ready(Operation operation) {
    KeyId key = Objects.requireNonNull(keys.get(operation.label()), operation.label());
    return (count, done) ->
        context.runOnContext(_ ->
            call(WireOperations.of(operation, key, count).build())
                .onComplete(bytes -> done.accept(bytes, null), e -> done.accept(null, e)));
  }

  private Future<byte[]> call(io.strongroom.cluster.wire.v1.Operation operation) {
    return client
        .request(address, NodeGrpcClient.Operate)
        .compose(request -> {
          request.end(operation.toBuilder().setId(1).setDeadlineMillis(DEADLINE_MILLIS).build());
          return request.response();
        })
        .compose(GrpcClientResponse::last)
        .map(WireOperations::result);
  }

  @Override
  public boolean blocks() {
    return false;
  }

  @Override
  public void close() {
    vertx.close().toCompletionStage().toCompletableFuture().join();
  }
}
