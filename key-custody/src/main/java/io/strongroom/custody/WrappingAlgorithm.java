package io.strongroom.custody;

import io.strongroom.hsm.Digest;
import io.strongroom.hsm.WrapAlgorithm;
import java.util.Arrays;

/**
 * How material for import is wrapped. OAEP takes an empty label, and MGF1 with the same hash
 * function (RFC 8017 §7.1).
 */
public enum WrappingAlgorithm {
  /** The material under RSAES-OAEP with SHA-1; every device has it. */
  RSAES_OAEP_SHA_1(1, new WrapAlgorithm.RsaOaep(Digest.SHA_1)),
  /** The material under RSAES-OAEP with SHA-256. */
  RSAES_OAEP_SHA_256(2, new WrapAlgorithm.RsaOaep(Digest.SHA_256)),
  /**
   * An AES-256 key under RSAES-OAEP with SHA-1, followed by the material under that key by AES key
   * wrap with padding (RFC 5649).
   */
  RSA_AES_KEY_WRAP_SHA_1(3, new WrapAlgorithm.RsaAes(Digest.SHA_1)),
  /** As {@link #RSA_AES_KEY_WRAP_SHA_1} with SHA-256. */
  RSA_AES_KEY_WRAP_SHA_256(4, new WrapAlgorithm.RsaAes(Digest.SHA_256));

  private final byte code;
  private final WrapAlgorithm onDevice;

  WrappingAlgorithm(int code, WrapAlgorithm onDevice) {
    this.code = (byte) code;
    this.onDevice = onDevice;
  }

  /** What stands for it in import tokens. */
  byte code() {
    return code;
  }

  static WrappingAlgorithm ofCode(byte code) {
    return Arrays.stream(values())
        .filter(algorithm -> algorithm.code == code)
        .findFirst()
        .orElseThrow(() -> new IllegalArgumentException("no wrapping algorithm has code " + code));
  }

  WrapAlgorithm onDevice() {
    return onDevice;
  }
}
