package io.strongroom.benchmarks.cluster;

import io.strongroom.cluster.ClusterConfig;
import io.strongroom.cluster.wire.v1.Answer;
import io.strongroom.cluster.wire.v1.NodeGrpcClient;
import io.strongroom.cluster.wire.v1.Operation;
import io.vertx.core.Future;
import io.vertx.core.Promise;
import io.vertx.core.Vertx;
import io.vertx.core.net.SocketAddress;
import io.vertx.grpc.client.GrpcClient;
import io.vertx.grpc.client.GrpcClientRequest;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.concurrent.TimeoutException;
import org.jspecify.annotations.Nullable;

/** One stream of operations to one node, begun anew when it is lost. For one event loop. */
final class PlainStream {
  private static final long RECONNECT_MILLIS = 100;

  private final Vertx vertx;
  private final GrpcClient client;
  private final SocketAddress address;
  private final long timeoutMillis;
  private final Map<Long, Promise<Answer>> outstanding = new HashMap<>();
  private @Nullable GrpcClientRequest<Operation, Answer> stream;
  private long lastId;

  PlainStream(Vertx vertx, ClusterConfig config, ClusterConfig.Node node, long timeoutMillis) {
    this.vertx = vertx;
    this.client = GrpcClient.client(vertx, Tls.clientOptions(config));
    this.address = SocketAddress.inetSocketAddress(node.port(), node.host());
    this.timeoutMillis = timeoutMillis;
  }

  /** Connects, for as long as it takes. */
  Future<Void> connect() {
    return client
        .request(address, NodeGrpcClient.Operate)
        .onSuccess(this::attach)
        .<Void>mapEmpty()
        .recover(_ -> vertx.timer(RECONNECT_MILLIS).compose(_ -> connect()));
  }

  private void attach(GrpcClientRequest<Operation, Answer> request) {
    stream = request;
    request.connection().closeHandler(_ -> lost(request));
    request.exceptionHandler(_ -> lost(request));
    request
        .response()
        .onSuccess(response -> response.handler(this::answered).exceptionHandler(_ -> {}));
  }

  private void lost(GrpcClientRequest<Operation, Answer> request) {
    if (stream == request) {
      stream = null;
      List<Promise<Answer>> failed = List.copyOf(outstanding.values());
      outstanding.clear();
      failed.forEach(promise -> promise.tryFail("the connection is lost"));
      vertx.setTimer(RECONNECT_MILLIS, _ -> connect());
    }
  }

  private void answered(Answer answer) {
    Promise<Answer> promise = outstanding.remove(answer.getId());
    if (promise != null) {
      if (answer.hasError()) {
        promise.tryFail(answer.getError().getMessage());
      } else {
        promise.tryComplete(answer);
      }
    }
  }

  Future<Answer> operate(Operation.Builder operation) {
    GrpcClientRequest<Operation, Answer> open = stream;
    if (open == null) {
      return Future.failedFuture("not connected");
    }
    long id = ++lastId;
    Promise<Answer> promise = Promise.promise();
    outstanding.put(id, promise);
    open.write(operation.setId(id).setDeadlineMillis((int) timeoutMillis).build());
    long timer =
        vertx.setTimer(
            timeoutMillis,
            _ -> {
              outstanding.remove(id);
              promise.tryFail(new TimeoutException());
            });
    return promise.future().onComplete(_ -> vertx.cancelTimer(timer));
  }
}
