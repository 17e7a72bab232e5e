package io.strongroom.cluster;

import com.google.protobuf.ByteString;
import com.google.protobuf.UnsafeByteOperations;
import io.strongroom.cluster.wire.AlgorithmCodec;
import io.strongroom.cluster.wire.DeriveCodec;
import io.strongroom.cluster.wire.InfoCodec;
import io.strongroom.cluster.wire.KeyCodec;
import io.strongroom.cluster.wire.Limits;
import io.strongroom.cluster.wire.v1.Answer;
import io.strongroom.cluster.wire.v1.CheckValue;
import io.strongroom.cluster.wire.v1.CreateRequest;
import io.strongroom.cluster.wire.v1.DeriveRequest;
import io.strongroom.cluster.wire.v1.ExportAttempts;
import io.strongroom.cluster.wire.v1.NodeGrpcClient;
import io.strongroom.cluster.wire.v1.Operation;
import io.strongroom.cluster.wire.v1.UnwrapRequest;
import io.strongroom.cluster.wire.v1.Wrap;
import io.strongroom.hsm.CipherAlgorithm;
import io.strongroom.hsm.DeriveAlgorithm;
import io.strongroom.hsm.Encrypted;
import io.strongroom.hsm.ExportAttempt;
import io.strongroom.hsm.HsmException;
import io.strongroom.hsm.HsmInfo;
import io.strongroom.hsm.KeyId;
import io.strongroom.hsm.KeyInfo;
import io.strongroom.hsm.KeySpec;
import io.strongroom.hsm.KeyType;
import io.strongroom.hsm.MacAlgorithm;
import io.strongroom.hsm.Protection;
import io.strongroom.hsm.SignatureAlgorithm;
import io.strongroom.hsm.WorkLog;
import io.strongroom.hsm.WrapAlgorithm;
import io.vertx.core.Future;
import java.time.Instant;
import java.util.List;
import java.util.Set;
import java.util.function.BiFunction;
import java.util.function.Function;
import org.jspecify.annotations.Nullable;

/**
 * The calls of an {@code Hsm} as a cluster makes them. What cannot be asked of a cluster is refused
 * here, before anything is sent.
 */
final class Requests {

  /**
   * Of a control call: refused nodes are asked again, a birth takes four deadlines, undoing two.
   */
  private static final int MANAGEMENT_DEADLINES = 10;

  private Requests() {}

  static Request<?, HsmInfo> info() {
    return Request.of(
        cluster -> Future.succeededFuture(cluster.catalog().info()), Function.identity());
  }

  static Request<?, List<KeyInfo>> keys() {
    return Request.of(
        cluster -> cluster.fleet().refresh().map(_ -> cluster.catalog()), Catalog::keys);
  }

  /** What one node holds, as it says itself now. */
  static Request<?, List<KeyInfo>> keysAt(String node) {
    return Request.of(
        cluster ->
            cluster
                .fleet()
                .refresh()
                .compose(_ -> cluster.fleet().heard(node))
                .map(_ -> cluster.catalog().keysAt(node)),
        Function.identity());
  }

  /** What one node's token is. */
  static Request<?, HsmInfo> infoAt(String node) {
    return Request.of(
        cluster -> cluster.fleet().heard(node).map(InfoCodec::fromWire), Function.identity());
  }

  static Request<?, KeyInfo> key(KeyId id) {
    return Request.of(
        cluster -> cluster.find(() -> cluster.catalog().key(id), "key " + id), Function.identity());
  }

  static Request<?, KeyInfo> key(String label) {
    return Request.of(
        cluster ->
            cluster.find(() -> cluster.catalog().key(label), "a key with label \"" + label + "\""),
        Function.identity());
  }

  static Request<?, KeyInfo> create(KeySpec spec) {
    requireSealable(spec);
    CreateRequest request = CreateRequest.newBuilder().setSpec(KeyCodec.toWire(spec)).build();
    return make(
        Management.CREATE,
        traceparent ->
            new KeyMaker.Birth(
                spec,
                List.of(),
                traceparent,
                (node, timeout) ->
                    node.call(NodeGrpcClient.Create, request, timeout, traceparent)));
  }

  static Request<?, KeyInfo> unwrap(
      KeyId unwrappingKey, WrapAlgorithm algorithm, byte[] wrapped, KeySpec target) {
    requireSealable(target);
    requireAtMost(Limits.WRAPPED_BYTES, wrapped.length, "the wrapped key");
    UnwrapRequest request =
        UnwrapRequest.newBuilder()
            .setSpec(KeyCodec.toWire(target))
            .setUnwrappingKey(KeyCodec.toWire(unwrappingKey))
            .setAlgorithm(AlgorithmCodec.toWire(algorithm))
            .setWrapped(ByteString.copyFrom(wrapped))
            .setPublicKey(KeyCodec.toWire(target.publicKey()))
            .build();
    return make(
        Management.UNWRAP,
        traceparent ->
            new KeyMaker.Birth(
                target,
                List.of(unwrappingKey),
                traceparent,
                (node, timeout) ->
                    node.call(NodeGrpcClient.Unwrap, request, timeout, traceparent)));
  }

  static Request<?, KeyInfo> derive(KeyId key, DeriveAlgorithm algorithm, KeySpec target) {
    requireSealable(target);
    DeriveRequest request =
        DeriveRequest.newBuilder()
            .setSpec(KeyCodec.toWire(target))
            .setKey(KeyCodec.toWire(key))
            .setAlgorithm(DeriveCodec.toWire(algorithm))
            .build();
    return make(
        Management.DERIVE,
        traceparent ->
            new KeyMaker.Birth(
                target,
                List.of(key),
                traceparent,
                (node, timeout) ->
                    node.call(NodeGrpcClient.Derive, request, timeout, traceparent)));
  }

  private static Request<?, KeyInfo> make(
      Management call, Function<@Nullable String, KeyMaker.Birth> birth) {
    return managed(call, (cluster, traceparent) -> cluster.maker().make(birth.apply(traceparent)));
  }

  private static <T> Request<T, T> managed(
      Management call, BiFunction<Cluster, @Nullable String, Future<T>> work) {
    return new Request<>(
        (cluster, _) -> {
          ClientObserver.Request observed = cluster.observer().begin(call);
          return () -> observed.ending(work.apply(cluster, observed.traceparent()));
        },
        Function.identity(),
        MANAGEMENT_DEADLINES);
  }

  private static void requireSealable(KeySpec spec) {
    if (spec.session() || spec.protection() != Protection.NEVER_LEAVES) {
      throw new HsmException.BadInput(
          "a cluster keeps token keys that never leave; \"%s\" is to be a %s key with %s"
              .formatted(spec.label(), spec.session() ? "session" : "token", spec.protection()));
    }
    if (spec.type().family() == KeyType.Family.EDWARDS
        || spec.type().family() == KeyType.Family.MONTGOMERY) {
      throw new HsmException.UnsupportedMechanism(
          spec.type()
              + " keys cannot be sealed (AES-KWP does not take them), so they live on one"
              + " token only; use EC_256, or a pkcs11: URL");
    }
  }

  static Request<?, Void> destroy(KeyId id) {
    return managed(
        Management.DESTROY, (cluster, traceparent) -> cluster.destroyer().destroy(id, traceparent));
  }

  static Request<?, byte[]> wrap(KeyId wrappingKey, WrapAlgorithm algorithm, KeyId target) {
    return output(
        Operation.newBuilder()
            .setKey(KeyCodec.toWire(wrappingKey))
            .setWrap(
                Wrap.newBuilder()
                    .setAlgorithm(AlgorithmCodec.toWire(algorithm))
                    .setTarget(KeyCodec.toWire(target))),
        List.of(wrappingKey, target));
  }

  static Request<?, byte[]> checkValue(KeyId id) {
    return output(
        Operation.newBuilder()
            .setKey(KeyCodec.toWire(id))
            .setCheckValue(CheckValue.getDefaultInstance()),
        List.of(id));
  }

  static Request<?, Encrypted> encrypt(KeyId key, CipherAlgorithm algorithm, byte[] plaintext) {
    return operation(
        use(key, plaintext).setEncrypt(AlgorithmCodec.toWire(algorithm)),
        List.of(key),
        answer -> InfoCodec.fromWire(answer.getEncrypted()));
  }

  static Request<?, byte[]> decrypt(KeyId key, CipherAlgorithm algorithm, byte[] ciphertext) {
    return output(use(key, ciphertext).setDecrypt(AlgorithmCodec.toWire(algorithm)), List.of(key));
  }

  static Request<?, byte[]> sign(KeyId key, SignatureAlgorithm algorithm, byte[] input) {
    return output(use(key, input).setSign(AlgorithmCodec.toWire(algorithm, null)), List.of(key));
  }

  static Request<?, Boolean> verify(
      KeyId key, SignatureAlgorithm algorithm, byte[] input, byte[] signature) {
    // Longer than any signature: it does not fit, and need not travel.
    byte[] sent = signature.length > Limits.SIGNATURE_BYTES ? new byte[0] : signature;
    return operation(
        use(key, input).setVerify(AlgorithmCodec.toWire(algorithm, sent)),
        List.of(key),
        Answer::getVerified);
  }

  static Request<?, byte[]> mac(KeyId key, MacAlgorithm algorithm, byte[] message) {
    return output(use(key, message).setMac(AlgorithmCodec.toWire(algorithm)), List.of(key));
  }

  static Request<?, byte[]> random(int bytes) {
    if (bytes < 0 || bytes > Limits.RANDOM_BYTES) {
      throw new HsmException.BadInput(
          "one call gives 0 to " + Limits.RANDOM_BYTES + " random bytes, not " + bytes);
    }
    return output(Operation.newBuilder().setRandomBytes(bytes), List.of());
  }

  static Request<?, List<ExportAttempt>> attemptExport(KeyId id) {
    return operation(
        Operation.newBuilder()
            .setKey(KeyCodec.toWire(id))
            .setExportAttempts(ExportAttempts.getDefaultInstance()),
        List.of(id),
        answer -> InfoCodec.fromWire(answer.getExportReport()));
  }

  static Request<?, List<NodeStatus>> status() {
    return Request.of(Cluster::status, Function.identity());
  }

  static Request<?, Set<KeyId>> destroyed() {
    return Request.of(
        cluster -> cluster.fleet().refresh().map(_ -> Set.copyOf(cluster.catalog().destroyed())),
        Function.identity());
  }

  static Request<?, ClusterReport> report(Instant now) {
    return Request.of(
        cluster ->
            cluster
                .status()
                .map(nodes ->
                    new Diagnosis(cluster.configuration(), cluster.fleet(), now).of(nodes)),
        Function.identity());
  }

  private static Operation.Builder use(KeyId key, byte[] input) {
    requireAtMost(Limits.INPUT_BYTES, input.length, "the input");
    // Not copied: the caller does not change it during the call, and the call outlasts its use.
    return Operation.newBuilder()
        .setKey(KeyCodec.toWire(key))
        .setInput(UnsafeByteOperations.unsafeWrap(input));
  }

  private static void requireAtMost(int most, int bytes, String what) {
    if (bytes > most) {
      throw new HsmException.BadInput(
          what + " has " + bytes + " bytes; a cluster takes at most " + most);
    }
  }

  private static Request<?, byte[]> output(Operation.Builder operation, List<KeyId> keys) {
    return operation(operation, keys, answer -> answer.getOutput().toByteArray());
  }

  private static <T> Request<Answer, T> operation(
      Operation.Builder operation, List<KeyId> keys, Function<Answer, T> read) {
    return new Request<>(
        (cluster, where) -> {
          ClientObserver.Request observed = cluster.observer().begin(operation);
          Operation built = operation.build();
          // Here in its caller's thread; random bytes are no use of a key.
          WorkLog log = keys.isEmpty() ? null : WorkLog.current();
          Dispatch.Task task = new Dispatch.Task(built, keys, where, log);
          return () -> observed.ending(cluster.dispatcher().dispatch(task));
        },
        read,
        1);
  }
}
