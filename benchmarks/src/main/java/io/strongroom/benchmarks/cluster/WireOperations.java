package io.strongroom.benchmarks.cluster;

import com.google.protobuf.UnsafeByteOperations;
import io.strongroom.benchmarks.Operation;
import io.strongroom.benchmarks.Workload;
import io.strongroom.cluster.wire.AlgorithmCodec;
import io.strongroom.cluster.wire.KeyCodec;
import io.strongroom.cluster.wire.v1.Answer;
import io.strongroom.hsm.CipherAlgorithm.AesGcm;
import io.strongroom.hsm.Digest;
import io.strongroom.hsm.Hsm;
import io.strongroom.hsm.KeyId;
import io.strongroom.hsm.KeyInfo;
import io.strongroom.hsm.MacAlgorithm;
import io.strongroom.hsm.SignatureAlgorithm;
import java.util.Map;
import java.util.stream.Collectors;

/** The operations as messages of the wire, for clients that are not ours. */
final class WireOperations {
  private static final byte[] NO_AAD = new byte[0];

  private WireOperations() {}

  /** The ids of the cluster's keys by their labels. */
  static Map<String, KeyId> keys(String url) {
    try (Hsm hsm = BenchmarkCluster.open(url)) {
      return hsm.keys().stream().collect(Collectors.toMap(KeyInfo::label, KeyInfo::id));
    }
  }

  /** An operation without id and deadline. */
  static io.strongroom.cluster.wire.v1.Operation.Builder of(
      Operation operation, KeyId key, long count) {
    var builder =
        io.strongroom.cluster.wire.v1.Operation.newBuilder()
            .setKey(KeyCodec.toWire(key))
            .setInput(UnsafeByteOperations.unsafeWrap(operation.mechanismInput()));
    return switch (operation) {
      case AES_GCM_1K, AES_GCM_16K ->
          builder.setEncrypt(AlgorithmCodec.toWire(AesGcm.withIv(Workload.iv(count), NO_AAD)));
      case HMAC_SHA256 ->
          builder.setMac(AlgorithmCodec.toWire(new MacAlgorithm.Hmac(Digest.SHA_256)));
      case ECDSA_P256 ->
          builder.setSign(AlgorithmCodec.toWire(new SignatureAlgorithm.Ecdsa(), null));
      case RSA_2048, RSA_3072 ->
          builder.setSign(AlgorithmCodec.toWire(new SignatureAlgorithm.RsaPkcs1(), null));
    };
  }

  /**
   * An answer's result.
   *
   * @throws IllegalStateException if it is an error
   */
  static byte[] result(Answer answer) {
    return switch (answer.getResultCase()) {
      case OUTPUT -> answer.getOutput().toByteArray();
      case ENCRYPTED -> answer.getEncrypted().getOutput().toByteArray();
      case ERROR, VERIFIED, EXPORT_REPORT, RESULT_NOT_SET ->
          throw new IllegalStateException("the node answers " + answer);
    };
  }
}
