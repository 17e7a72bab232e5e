package io.strongroom.benchmarks.cluster;

import io.strongroom.benchmarks.Operation;
import io.strongroom.cluster.ClusterConfig;
import io.strongroom.cluster.ClusterDriver;
import io.strongroom.cluster.wire.v1.Answer;
import io.strongroom.hsm.KeyId;
import io.vertx.core.Context;
import io.vertx.core.Future;
import io.vertx.core.Vertx;
import io.vertx.core.VertxOptions;
import java.util.List;
import java.util.Map;
import java.util.Objects;
import java.util.concurrent.CompletableFuture;

/**
 * Each node in turn, whatever became of the last operation there: no ejection, no look at latency
 * or load. What fails, or has no answer within a third of the deadline, is repeated at the next
 * node, three times at most.
 */
final class RoundRobinClient implements Client {
  private static final int ATTEMPTS = 3;

  private final Vertx vertx = Vertx.vertx(new VertxOptions().setEventLoopPoolSize(1));
  private final Context context = vertx.getOrCreateContext();
  private final Map<String, KeyId> keys;
  private final List<PlainStream> streams;
  private int turn;

  RoundRobinClient(String url) {
    ClusterConfig config = ClusterDriver.config(url);
    this.keys = WireOperations.keys(url);
    long timeoutMillis = config.deadline().toMillis() / ATTEMPTS;
    this.streams =
        config.nodes().stream().map(n -> new PlainStream(vertx, config, n, timeoutMillis)).toList();
    CompletableFuture<Void> connected = new CompletableFuture<>();
    context.runOnContext(_ ->
        Future.all(streams.stream().map(PlainStream::connect).toList())
            .onComplete(_ -> connected.complete(null), connected::completeExceptionally));
    connected.join();
  }

  @Override
  public Call ready(Operation operation) {
    KeyId key = Objects.requireNonNull(keys.get(operation.label()), operation.label());
    return (count, done) ->
        context.runOnContext(_ ->
            attempt(WireOperations.of(operation, key, count), ATTEMPTS)
                .map(WireOperations::result)
                .onComplete(bytes -> done.accept(bytes, null), e -> done.accept(null, e)));
  }

  private Future<Answer> attempt(
      io.strongroom.cluster.wire.v1.Operation.Builder operation, int attempts) {
    turn = (turn + 1) % streams.size();
    Future<Answer> answer = streams.get(turn).operate(operation);
    return attempts == 1 ? answer : answer.recover(_ -> attempt(operation, attempts - 1));
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
