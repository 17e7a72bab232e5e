package io.strongroom.provider.spi;

import io.strongroom.hsm.KeyType;
import io.strongroom.hsm.SignatureAlgorithm;
import java.security.InvalidAlgorithmParameterException;
import java.security.InvalidKeyException;
import java.security.SignatureException;
import java.security.spec.AlgorithmParameterSpec;
import java.security.spec.EdDSAParameterSpec;
import org.jspecify.annotations.Nullable;

/**
 * Ed25519 and Ed448 (RFC 8032 §5.1, §5.2): the whole message goes to the device, in one call. The
 * variants with a prehash or a context are for verifying only, which the JDK does.
 */
final class EdDsaSignature extends HsmSignature {

  private final @Nullable KeyType type;
  private @Nullable EdDSAParameterSpec parameters;

  /**
   * A signature.
   *
   * @param type the only type of key that it takes; null for both
   */
  EdDsaSignature(Device device, String algorithm, @Nullable KeyType type) {
    super(device, algorithm, KeyType.Family.EDWARDS);
    this.type = type;
  }

  @Override
  @Nullable String digest() {
    return null;
  }

  @Override
  byte[] sign(LogicalKey key, byte[] input) throws SignatureException {
    return JcaExceptions.signature(
        () -> key.with(id -> device.hsm().sign(id, new SignatureAlgorithm.EdDsa(), input)));
  }

  @Override
  void requireSignable(LogicalKey key) throws InvalidKeyException {
    if (type != null && !key.type().equals(type)) {
      throw new InvalidKeyException(algorithm + " wants a key of type " + type + ", got " + key);
    }
    String refusal = refusal(parameters);
    if (refusal != null) {
      throw new InvalidKeyException(refusal);
    }
  }

  private static @Nullable String refusal(@Nullable EdDSAParameterSpec given) {
    if (given == null || (!given.isPrehash() && given.getContext().isEmpty())) {
      return null;
    }
    return "the HSM signs by pure EdDSA, got parameters with a "
        + (given.isPrehash() ? "prehash" : "context")
        + "; give none, and sign the digest or put the context into the message if need be";
  }

  @Override
  @Nullable AlgorithmParameterSpec parameters() {
    return parameters;
  }

  @Override
  protected void engineSetParameter(@Nullable AlgorithmParameterSpec given)
      throws InvalidAlgorithmParameterException {
    if (given != null && !(given instanceof EdDSAParameterSpec)) {
      throw new InvalidAlgorithmParameterException(
          algorithm + " wants an EdDSAParameterSpec or none, got " + given.getClass().getName());
    }
    if (underWay()) {
      throw new InvalidAlgorithmParameterException(
          "a message is under way; set the parameters before update");
    }
    EdDSAParameterSpec spec = (EdDSAParameterSpec) given;
    String refusal = signingKey() == null ? null : refusal(spec);
    if (refusal != null) {
      throw new InvalidAlgorithmParameterException(refusal);
    }
    parameters = spec;
    renew();
  }
}
