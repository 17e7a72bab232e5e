package io.strongroom.provider.spi;

import io.strongroom.hsm.DeriveAlgorithm.Ecdh;
import io.strongroom.hsm.KeyType;
import io.strongroom.hsm.KeyUsage;
import java.security.InvalidAlgorithmParameterException;
import java.security.InvalidKeyException;
import java.security.Key;
import java.security.NoSuchAlgorithmException;
import java.security.PublicKey;
import java.security.SecureRandom;
import java.security.spec.AlgorithmParameterSpec;
import javax.crypto.KeyAgreementSpi;
import javax.crypto.SecretKey;
import org.jspecify.annotations.Nullable;

/** Diffie-Hellman on curves; what comes of it is a key in the device, never a shared secret. */
final class SecretAgreement extends KeyAgreementSpi {

  private static final int AES_BITS = 256;

  private final Device device;
  private final String algorithm;
  private final KeyType.Family family;
  private final @Nullable KeyType only;
  private @Nullable LogicalKey key;
  private KeyRequest request = KeyRequest.unnamed();
  private @Nullable Ecdh peer;

  /**
   * An agreement without keys.
   *
   * @param algorithm its name, for messages
   * @param only the type of keys that it takes; null for all of the family
   */
  SecretAgreement(Device device, String algorithm, KeyType.Family family, @Nullable KeyType only) {
    this.device = device;
    this.algorithm = algorithm;
    this.family = family;
    this.only = only;
  }

  @Override
  protected void engineInit(@Nullable Key given, SecureRandom random) throws InvalidKeyException {
    init(given, KeyRequest.unnamed());
  }

  @Override
  protected void engineInit(
      @Nullable Key given, @Nullable AlgorithmParameterSpec parameters, SecureRandom random)
      throws InvalidKeyException, InvalidAlgorithmParameterException {
    key = null;
    if (parameters == null) {
      init(given, KeyRequest.unnamed());
      return;
    }
    KeyRequest asked = device.request(parameters);
    if (asked == null) {
      throw new InvalidAlgorithmParameterException(
          algorithm
              + " wants an HsmKeySpec that describes the key to derive, or nothing, got "
              + parameters.getClass().getName());
    }
    init(given, asked);
  }

  private void init(@Nullable Key given, KeyRequest asked) throws InvalidKeyException {
    key = null;
    peer = null;
    LogicalKey ours = LogicalKey.in(device, given, family, KeyUsage.DERIVE, algorithm);
    if (only != null && !ours.type().equals(only)) {
      throw new InvalidKeyException(
          ours + " is of type " + ours.type() + ", " + algorithm + " wants " + only);
    }
    request = asked;
    key = ours;
  }

  @Override
  protected @Nullable Key engineDoPhase(@Nullable Key given, boolean lastPhase)
      throws InvalidKeyException {
    LogicalKey ours = key;
    peer = null;
    if (ours == null) {
      throw new IllegalStateException("the agreement has no private key; call init");
    }
    if (!lastPhase) {
      throw new IllegalStateException(
          algorithm + " is between two: there is one phase, which is the last");
    }
    if (!(given instanceof PublicKey publicKey)) {
      throw new InvalidKeyException(
          algorithm
              + " wants the peer's public key, got "
              + (given == null ? "none" : given.getClass().getName()));
    }
    Ecdh read = JcaExceptions.invalidKey(() -> new Ecdh(publicKey));
    if (!read.type().equals(ours.type())) {
      throw new InvalidKeyException(
          ours
              + " cannot agree with a public key of type "
              + read.type()
              + "; both sides need keys on the same curve");
    }
    peer = read;
    return null;
  }

  @Override
  protected SecretKey engineGenerateSecret(@Nullable String name)
      throws NoSuchAlgorithmException, InvalidKeyException {
    LogicalKey ours = key;
    Ecdh with = peer;
    if (ours == null || with == null) {
      throw new IllegalStateException("there is no agreement yet; call init and doPhase");
    }
    DerivedKind kind = DerivedKind.of(name);
    SecretKey derived =
        kind.derive(device, ours, with, request, bits(kind, request.bits(), ours.type()));
    peer = null;
    return derived;
  }

  private static int bits(DerivedKind kind, @Nullable Integer asked, KeyType curve) {
    if (asked != null) {
      return asked;
    }
    return kind.family() == KeyType.Family.AES ? AES_BITS : 8 * curve.bytes();
  }

  @Override
  protected byte[] engineGenerateSecret() {
    throw staysInside();
  }

  @Override
  protected int engineGenerateSecret(byte @Nullable [] sharedSecret, int offset) {
    throw staysInside();
  }

  private UnsupportedOperationException staysInside() {
    return new UnsupportedOperationException(
        "the shared secret of "
            + algorithm
            + " stays in the HSM; call generateSecret(\"AES\") or generateSecret(\"GenericSecret\"),"
            + " which give a key that is there, as an HsmKeySpec at init describes it");
  }
}
