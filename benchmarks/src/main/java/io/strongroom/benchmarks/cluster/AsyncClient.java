package io.strongroom.benchmarks.cluster;

import io.strongroom.benchmarks.Operation;
import io.strongroom.benchmarks.Workload;
import io.strongroom.cluster.AsyncHsm;
import io.strongroom.cluster.ClusterHsm;
import io.strongroom.hsm.CipherAlgorithm.AesGcm;
import io.strongroom.hsm.Digest;
import io.strongroom.hsm.Encrypted;
import io.strongroom.hsm.KeyId;
import io.strongroom.hsm.MacAlgorithm;
import io.strongroom.hsm.SignatureAlgorithm;
import io.vertx.core.Future;

/** The cluster's client without a thread for each operation. */
final class AsyncClient implements Client {
  private static final byte[] NO_AAD = new byte[0];

  private final ClusterHsm blocking;
  private final AsyncHsm hsm;

  AsyncClient(ClusterHsm blocking) {
    this.blocking = blocking;
    this.hsm = blocking.async();
  }

  @Override
  public Call ready(Operation operation) {
    KeyId key = blocking.key(operation.label()).id();
    byte[] input = operation.mechanismInput();
    return (count, done) ->
        begin(operation, key, input, count)
            .onComplete(bytes -> done.accept(bytes, null), e -> done.accept(null, e));
  }

  private Future<byte[]> begin(Operation operation, KeyId key, byte[] input, long count) {
    return switch (operation) {
      case AES_GCM_1K, AES_GCM_16K ->
          hsm.encrypt(key, AesGcm.withIv(Workload.iv(count), NO_AAD), input).map(Encrypted::bytes);
      case HMAC_SHA256 -> hsm.mac(key, new MacAlgorithm.Hmac(Digest.SHA_256), input);
      case ECDSA_P256 -> hsm.sign(key, new SignatureAlgorithm.Ecdsa(), input);
      case RSA_2048, RSA_3072 -> hsm.sign(key, new SignatureAlgorithm.RsaPkcs1(), input);
    };
  }

  @Override
  public boolean blocks() {
    return false;
  }

  @Override
  public void close() {
    blocking.close();
  }
}
