package io.strongroom.custody;

import io.strongroom.custody.CustodyException.Reason;
import io.strongroom.hsm.HsmException;
import io.strongroom.hsm.KeyType;
import io.strongroom.hsm.WrapAlgorithm;
import java.util.Arrays;

/**
 * Wrapped material that the HSM did not open, and what its form tells of the reason.
 *
 * @param wrapped what was handed in
 * @param algorithm how it should have been wrapped
 * @param modulusBytes the length of the wrapping key
 * @param type what was expected inside
 */
record WrappedForm(byte[] wrapped, WrappingAlgorithm algorithm, int modulusBytes, KeyType type) {

  /** What AES key wrap with padding adds, and its block (RFC 5649). */
  private static final int KWP_BLOCK_BYTES = 8;

  private static final int LEAST_KWP_BYTES = 2 * KWP_BLOCK_BYTES;

  /** The exception to throw where the HSM threw this. */
  CustodyException refusal(HsmException cause) {
    TextForm text = TextForm.of(wrapped).orElse(null);
    if (text != null) {
      return refusal(
          Reason.WRAPPED_AS_TEXT,
          "the wrapped material is %s; hand in the bytes themselves: decode it first"
              .formatted(text),
          cause);
    }
    boolean twoParts = algorithm.onDevice() instanceof WrapAlgorithm.RsaAes;
    if (twoParts ? wrapped.length == modulusBytes : hasTwoParts() && !isRsaBlock()) {
      return refusal(
          Reason.WRAPPED_OTHERWISE,
          "the wrapped material looks like %s, and this token is for %s; wrap it so, or get parameters for the other"
              .formatted(twoParts ? "RSAES_OAEP" : "RSA_AES_KEY_WRAP", algorithm),
          cause);
    }
    if (twoParts ? !hasTwoParts() : wrapped.length != modulusBytes) {
      return refusal(Reason.WRAPPED_LENGTH, lengthAdvice(twoParts), cause);
    }
    return cause instanceof HsmException.BadInput ? wrongMaterial(cause) : notOpened(cause);
  }

  private boolean hasTwoParts() {
    int second = wrapped.length - modulusBytes;
    return second >= LEAST_KWP_BYTES && second % KWP_BLOCK_BYTES == 0;
  }

  /** As long as what a wrapping key of some size gives. */
  private boolean isRsaBlock() {
    return Arrays.stream(WrappingKeySpec.values())
        .anyMatch(spec -> spec.type().bytes() == wrapped.length);
  }

  private String lengthAdvice(boolean twoParts) {
    String wanted =
        twoParts
            ? "%d bytes and then at least %d, in blocks of %d"
                .formatted(modulusBytes, LEAST_KWP_BYTES, KWP_BLOCK_BYTES)
            : "exactly %d bytes".formatted(modulusBytes);
    return "the wrapped material has %d bytes, and %s under this token's %d-bit wrapping key gives %s; hand in all of what wrapping gave, under the public key that came with the token"
        .formatted(wrapped.length, algorithm, modulusBytes * 8, wanted);
  }

  private CustodyException wrongMaterial(HsmException cause) {
    return type.isSecret()
        ? refusal(
            Reason.MATERIAL_LENGTH,
            "the material is not exactly %d bits long (%s); wrap exactly %d raw bytes: no hexadecimal or base64 text of them, no line end"
                .formatted(type.bits(), cause.text(), type.bytes()),
            cause)
        : refusal(
            Reason.MATERIAL_KIND,
            "the material is no %s private key, or not that of the public key given (%s); wrap the key's PKCS#8 DER encoding, and give its own public key"
                .formatted(type, cause.text()),
            cause);
  }

  private CustodyException notOpened(HsmException cause) {
    return refusal(
        Reason.MATERIAL_NOT_OPENED,
        "the %d bytes of wrapped material do not open under this token's wrapping key with %s%s; wrap the material under the public key that came with the token"
            .formatted(
                wrapped.length,
                algorithm,
                type.isSecret() ? "" : ", or hold no PKCS#8 DER encoding of a " + type + " key"),
        cause);
  }

  private static CustodyException refusal(Reason reason, String message, HsmException cause) {
    return new CustodyException.BadInput(reason, message, cause);
  }
}
