package io.strongroom.provider.spi;

import io.strongroom.hsm.KeyType;
import io.strongroom.hsm.KeyUsage;
import java.security.AlgorithmParameters;
import java.security.GeneralSecurityException;
import java.security.InvalidAlgorithmParameterException;
import java.security.InvalidKeyException;
import java.security.InvalidParameterException;
import java.security.PrivateKey;
import java.security.PublicKey;
import java.security.Signature;
import java.security.SignatureException;
import java.security.SignatureSpi;
import java.security.spec.AlgorithmParameterSpec;
import org.jspecify.annotations.Nullable;

/**
 * A signature: the message is hashed in the JVM, the digest is signed in the device. Public keys
 * are the JDK's own, and verification with them is the JDK's work.
 */
abstract sealed class HsmSignature extends SignatureSpi
    permits RsaSignature, PssSignature, EcdsaSignature, EdDsaSignature {

  protected final Device device;
  protected final String algorithm;
  private final KeyType.Family family;
  private @Nullable LogicalKey key;
  private @Nullable Verifier verifier;
  private @Nullable Message message;

  HsmSignature(Device device, String algorithm, KeyType.Family family) {
    this.device = device;
    this.algorithm = algorithm;
    this.family = family;
  }

  /** Checks a signature with a public key. */
  interface Verifier {
    void update(byte[] bytes, int offset, int length) throws SignatureException;

    boolean verify(byte[] signature) throws SignatureException;
  }

  /** The JCA's name of the hash function that the message goes through; null for none. */
  abstract @Nullable String digest() throws SignatureException;

  /**
   * Signs.
   *
   * @param input the digest, or the message where there is no hash function
   */
  abstract byte[] sign(LogicalKey signingKey, byte[] input) throws SignatureException;

  /** Another provider's verification of the same algorithm. */
  Verifier verifier(PublicKey publicKey) throws InvalidKeyException {
    try {
      // Our own service takes no public keys, so the JDK finds another provider.
      Signature software = Signature.getInstance(algorithm);
      software.initVerify(publicKey);
      AlgorithmParameterSpec parameters = parameters();
      if (parameters != null) {
        software.setParameter(parameters);
      }
      return new SoftwareVerifier(software);
    } catch (InvalidKeyException e) {
      throw e;
    } catch (GeneralSecurityException e) {
      throw new InvalidKeyException("no other provider verifies " + algorithm, e);
    }
  }

  /** The parameters in force; null where the algorithm has none. */
  @Nullable AlgorithmParameterSpec parameters() {
    return null;
  }

  private record SoftwareVerifier(Signature software) implements Verifier {
    @Override
    public void update(byte[] bytes, int offset, int length) throws SignatureException {
      software.update(bytes, offset, length);
    }

    @Override
    public boolean verify(byte[] signature) throws SignatureException {
      return software.verify(signature);
    }
  }

  /** True between the first byte of a message and its signature. */
  final boolean underWay() {
    return message != null && message.started();
  }

  @Override
  protected final void engineInitSign(@Nullable PrivateKey privateKey) throws InvalidKeyException {
    verifier = null;
    message = null;
    key = null;
    LogicalKey ours = LogicalKey.in(device, privateKey, family, KeyUsage.SIGN, algorithm);
    requireSignable(ours);
    key = ours;
  }

  /**
   * Checks that the device can sign so with this key.
   *
   * @throws InvalidKeyException otherwise
   */
  void requireSignable(LogicalKey signingKey) throws InvalidKeyException {
    // Most algorithms have nothing that could be set wrongly.
  }

  /** The key that signs; null before {@code initSign}. */
  final @Nullable LogicalKey signingKey() {
    return key;
  }

  @Override
  protected final void engineInitVerify(@Nullable PublicKey publicKey) throws InvalidKeyException {
    key = null;
    message = null;
    verifier = null;
    if (publicKey == null) {
      throw new InvalidKeyException(algorithm + " verifies with a public key, got none");
    }
    verifier = verifier(publicKey);
  }

  @Override
  protected final void engineUpdate(byte b) throws SignatureException {
    engineUpdate(new byte[] {b}, 0, 1);
  }

  @Override
  protected final void engineUpdate(byte[] bytes, int offset, int length)
      throws SignatureException {
    if (verifier != null) {
      verifier.update(bytes, offset, length);
    } else {
      message().update(bytes, offset, length);
    }
  }

  @Override
  protected final byte[] engineSign() throws SignatureException {
    if (key == null) {
      throw new SignatureException("the signature has no private key; call initSign");
    }
    return sign(key, message().finish());
  }

  @Override
  protected final boolean engineVerify(byte @Nullable [] signature) throws SignatureException {
    if (verifier == null) {
      throw new SignatureException("the signature has no public key; call initVerify");
    }
    if (signature == null) {
      verifier = null;
      throw new SignatureException(
          algorithm + " verifies a signature, got null; call initVerify and begin again");
    }
    return verifier.verify(signature);
  }

  private Message message() throws SignatureException {
    if (message == null) {
      message = new Message(digest());
    }
    return message;
  }

  /** Another hash function is to be used from here on. */
  final void renew() throws InvalidAlgorithmParameterException {
    message = null;
    AlgorithmParameterSpec parameters = parameters();
    if (parameters != null && verifier instanceof SoftwareVerifier(Signature software)) {
      software.setParameter(parameters);
    }
  }

  @Override
  protected void engineSetParameter(@Nullable AlgorithmParameterSpec parameters)
      throws InvalidAlgorithmParameterException {
    if (parameters != null) {
      throw new InvalidAlgorithmParameterException(algorithm + " has no parameters; give none");
    }
  }

  @Override
  protected @Nullable AlgorithmParameters engineGetParameters() {
    return null;
  }

  @Override
  @Deprecated
  protected final void engineSetParameter(String name, Object value) {
    throw new InvalidParameterException("parameters have no names; call setParameter(spec)");
  }

  @Override
  @Deprecated
  protected final Object engineGetParameter(String name) {
    throw new InvalidParameterException("parameters have no names; call getParameters()");
  }
}
