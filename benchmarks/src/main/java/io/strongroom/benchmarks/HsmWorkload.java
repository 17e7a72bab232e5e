package io.strongroom.benchmarks;

import io.strongroom.hsm.CipherAlgorithm.AesGcm;
import io.strongroom.hsm.Digest;
import io.strongroom.hsm.Hsm;
import io.strongroom.hsm.KeyId;
import io.strongroom.hsm.MacAlgorithm;
import io.strongroom.hsm.SignatureAlgorithm;

/** Strongroom's own interface. */
public final class HsmWorkload implements Workload {
  private static final byte[] NO_AAD = new byte[0];

  private final Hsm hsm;

  /** The workload on an HSM, which it closes. */
  public HsmWorkload(Hsm hsm) {
    this.hsm = hsm;
  }

  @Override
  public Call ready(Operation operation) {
    KeyId key = hsm.key(operation.label()).id();
    byte[] input = operation.mechanismInput();
    return switch (operation) {
      case AES_GCM_1K, AES_GCM_16K ->
          count -> hsm.encrypt(key, AesGcm.withIv(Workload.iv(count), NO_AAD), input).bytes();
      case HMAC_SHA256 -> _ -> hsm.mac(key, new MacAlgorithm.Hmac(Digest.SHA_256), input);
      case ECDSA_P256 -> _ -> hsm.sign(key, new SignatureAlgorithm.Ecdsa(), input);
      case RSA_2048, RSA_3072 -> _ -> hsm.sign(key, new SignatureAlgorithm.RsaPkcs1(), input);
    };
  }

  @Override
  public void close() {
    hsm.close();
  }
}
