package io.strongroom.cluster.node;

import io.strongroom.cluster.identity.Role;
import io.strongroom.cluster.identity.SpiffeId;
import io.strongroom.cluster.identity.TlsFiles;
import io.strongroom.cluster.wire.Limits;
import io.strongroom.cluster.wire.v1.Answer;
import io.strongroom.cluster.wire.v1.NodeGrpcClient;
import io.strongroom.cluster.wire.v1.Operation;
import io.vertx.core.Future;
import io.vertx.core.Vertx;
import io.vertx.core.http.HttpClientOptions;
import io.vertx.core.net.SocketAddress;
import io.vertx.grpc.client.GrpcClient;
import io.vertx.grpc.client.GrpcClientOptions;
import io.vertx.grpc.client.GrpcClientRequest;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.ConcurrentHashMap;
import java.util.concurrent.ExecutionException;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.TimeoutException;

/** A bare gRPC client of one node: what is sent is what the test says. */
final class TestClient implements AutoCloseable {
  private static final long LIMIT_SECONDS = 60;

  private final Vertx vertx = Vertx.vertx();
  private final GrpcClient client;
  private final SocketAddress address;
  private final Map<Long, CompletableFuture<Answer>> waiting = new ConcurrentHashMap<>();
  private final CompletableFuture<Void> streamEnd = new CompletableFuture<>();
  private CompletableFuture<GrpcClientRequest<Operation, Answer>> stream =
      new CompletableFuture<>();
  private boolean streaming;

  TestClient(HsmNode node, TlsFiles tls) {
    this(node, tls.clientOptions(new SpiffeId(TestCluster.NAME, Role.NODE, node.name())));
  }

  TestClient(HsmNode node, HttpClientOptions options) {
    this.client =
        GrpcClient.client(
            vertx, new GrpcClientOptions().setMaxMessageSize(Limits.REPLY_BYTES), options);
    this.address =
        SocketAddress.inetSocketAddress(node.address().getPort(), node.address().getHostString());
  }

  GrpcClient grpc() {
    return client;
  }

  SocketAddress address() {
    return address;
  }

  NodeGrpcClient calls() {
    return NodeGrpcClient.create(client, address);
  }

  static <T> T await(Future<T> future)
      throws ExecutionException, TimeoutException, InterruptedException {
    return future.toCompletionStage().toCompletableFuture().get(LIMIT_SECONDS, TimeUnit.SECONDS);
  }

  /** Sends an operation on the one stream of this client. */
  synchronized CompletableFuture<Answer> send(Operation.Builder operation) {
    if (!streaming) {
      streaming = true;
      open();
    }
    if (operation.getDeadlineMillis() == 0) {
      operation.setDeadlineMillis(60_000);
    }
    Operation message = operation.build();
    CompletableFuture<Answer> answer = new CompletableFuture<>();
    waiting.put(message.getId(), answer);
    stream =
        stream.thenApply(request -> {
          request.write(message);
          return request;
        });
    return answer;
  }

  Answer ask(Operation.Builder operation) throws Exception {
    return send(operation).get(LIMIT_SECONDS, TimeUnit.SECONDS);
  }

  /** Sends all of them before any answer is waited for. */
  List<Answer> askAll(List<Operation.Builder> operations) throws Exception {
    List<CompletableFuture<Answer>> answers = new ArrayList<>();
    operations.forEach(operation -> answers.add(send(operation)));
    List<Answer> results = new ArrayList<>();
    for (var answer : answers) {
      results.add(answer.get(LIMIT_SECONDS, TimeUnit.SECONDS));
    }
    return results;
  }

  /** Completes when the node ends the stream. */
  CompletableFuture<Void> streamEnd() {
    return streamEnd;
  }

  private void open() {
    CompletableFuture<GrpcClientRequest<Operation, Answer>> opened = stream;
    client
        .request(address, NodeGrpcClient.Operate)
        .onSuccess(request -> {
          request
              .response()
              .onSuccess(response -> {
                response.handler(answer -> {
                  var future = waiting.remove(answer.getId());
                  if (future != null) {
                    future.complete(answer);
                  }
                });
                response.endHandler(end -> streamEnd.complete(null));
                response.exceptionHandler(streamEnd::completeExceptionally);
              })
              .onFailure(e -> waiting.values().forEach(answer -> answer.completeExceptionally(e)));
          opened.complete(request);
        })
        .onFailure(opened::completeExceptionally);
  }

  @Override
  public void close() {
    client.close().eventually(vertx::close).toCompletionStage().toCompletableFuture().join();
  }
}
