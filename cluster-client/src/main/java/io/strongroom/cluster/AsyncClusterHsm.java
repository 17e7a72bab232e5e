package io.strongroom.cluster;

import io.strongroom.hsm.CipherAlgorithm;
import io.strongroom.hsm.DeriveAlgorithm;
import io.strongroom.hsm.Encrypted;
import io.strongroom.hsm.ExportAttempt;
import io.strongroom.hsm.HsmInfo;
import io.strongroom.hsm.KeyId;
import io.strongroom.hsm.KeyInfo;
import io.strongroom.hsm.KeySpec;
import io.strongroom.hsm.MacAlgorithm;
import io.strongroom.hsm.SignatureAlgorithm;
import io.strongroom.hsm.WrapAlgorithm;
import io.vertx.core.Context;
import io.vertx.core.Future;
import io.vertx.core.Promise;
import io.vertx.core.Vertx;
import java.util.List;
import java.util.function.Supplier;
import org.jspecify.annotations.Nullable;

/** A client of a cluster, for callers that must not block. */
final class AsyncClusterHsm implements AsyncHsm {

  private final Cluster cluster;

  AsyncClusterHsm(Cluster cluster) {
    this.cluster = cluster;
  }

  /** Connects in an application's Vert.x; ends again what does not come to serve. */
  static Future<AsyncHsm> open(Vertx vertx, ClusterConfig config, Telemetry telemetry) {
    return onContextOf(
        Vertx.currentContext(),
        Cluster.in(vertx, config, telemetry)
            .compose(cluster ->
                cluster
                    .submit(cluster::connect)
                    .<AsyncHsm>map(_ -> new AsyncClusterHsm(cluster))
                    .recover(e -> cluster.close().transform((_, _) -> Future.failedFuture(e)))));
  }

  @Override
  public Future<HsmInfo> info() {
    return ask(Requests::info);
  }

  @Override
  public Future<List<KeyInfo>> keys() {
    return ask(Requests::keys);
  }

  @Override
  public Future<KeyInfo> key(KeyId id) {
    return ask(() -> Requests.key(id));
  }

  @Override
  public Future<KeyInfo> key(String label) {
    return ask(() -> Requests.key(label));
  }

  @Override
  public Future<KeyInfo> create(KeySpec spec) {
    return ask(() -> Requests.create(spec));
  }

  @Override
  public Future<KeyInfo> unwrap(
      KeyId unwrappingKey, WrapAlgorithm algorithm, byte[] wrapped, KeySpec target) {
    return ask(() -> Requests.unwrap(unwrappingKey, algorithm, wrapped, target));
  }

  @Override
  public Future<KeyInfo> derive(KeyId key, DeriveAlgorithm algorithm, KeySpec target) {
    return ask(() -> Requests.derive(key, algorithm, target));
  }

  @Override
  public Future<byte[]> wrap(KeyId wrappingKey, WrapAlgorithm algorithm, KeyId target) {
    return ask(() -> Requests.wrap(wrappingKey, algorithm, target));
  }

  @Override
  public Future<Void> destroy(KeyId id) {
    return ask(() -> Requests.destroy(id));
  }

  @Override
  public Future<byte[]> checkValue(KeyId id) {
    return ask(() -> Requests.checkValue(id));
  }

  @Override
  public Future<Encrypted> encrypt(KeyId key, CipherAlgorithm algorithm, byte[] plaintext) {
    return ask(() -> Requests.encrypt(key, algorithm, plaintext));
  }

  @Override
  public Future<byte[]> decrypt(KeyId key, CipherAlgorithm algorithm, byte[] ciphertext) {
    return ask(() -> Requests.decrypt(key, algorithm, ciphertext));
  }

  @Override
  public Future<byte[]> sign(KeyId key, SignatureAlgorithm algorithm, byte[] input) {
    return ask(() -> Requests.sign(key, algorithm, input));
  }

  @Override
  public Future<Boolean> verify(
      KeyId key, SignatureAlgorithm algorithm, byte[] input, byte[] signature) {
    return ask(() -> Requests.verify(key, algorithm, input, signature));
  }

  @Override
  public Future<byte[]> mac(KeyId key, MacAlgorithm algorithm, byte[] message) {
    return ask(() -> Requests.mac(key, algorithm, message));
  }

  @Override
  public Future<byte[]> random(int bytes) {
    return ask(() -> Requests.random(bytes));
  }

  @Override
  public Future<List<ExportAttempt>> attemptExport(KeyId id) {
    return ask(() -> Requests.attemptExport(id));
  }

  @Override
  public Future<List<NodeStatus>> status() {
    return ask(Requests::status);
  }

  @Override
  public ClusterConfig config() {
    return cluster.configuration();
  }

  @Override
  public Future<Void> close() {
    return onContextOf(Vertx.currentContext(), cluster.close());
  }

  private <T> Future<T> ask(Supplier<Request<?, T>> call) {
    try {
      return begin(call.get());
    } catch (RuntimeException e) {
      return Future.failedFuture(e);
    }
  }

  private <R, T> Future<T> begin(Request<R, T> request) {
    return onContextOf(Vertx.currentContext(), request.begin(cluster)).map(request.read());
  }

  /** The same result, told on a context; where it comes from if there is none. */
  private static <T> Future<T> onContextOf(@Nullable Context caller, Future<T> result) {
    if (caller == null) {
      return result;
    }
    Promise<T> promise = Promise.promise();
    result.onComplete(told -> caller.runOnContext(_ -> promise.handle(told)));
    return promise.future();
  }
}
