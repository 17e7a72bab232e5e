package io.strongroom.provider.spi;

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
 * DSA by SunPKCS11 (FIPS 186-4), in one go at {@code sign}; verification is the JDK's work, as with
 * our own signatures.
 */
final class DelegatedSignature extends SignatureSpi {

  private final Delegation delegation;
  private final String algorithm;
  private final InputBuffer message = new InputBuffer();
  private @Nullable DelegatedKey key;
  private @Nullable Signature verifier;

  DelegatedSignature(Delegation delegation, String algorithm) {
    this.delegation = delegation;
    this.algorithm = algorithm;
  }

  @Override
  protected void engineInitSign(@Nullable PrivateKey privateKey) throws InvalidKeyException {
    forget();
    key = DelegatedKey.in(delegation, privateKey, "DSA");
  }

  @Override
  protected void engineInitVerify(@Nullable PublicKey publicKey) throws InvalidKeyException {
    forget();
    if (publicKey == null) {
      throw new InvalidKeyException(algorithm + " verifies with a public key, got none");
    }
    try {
      // Our own service takes no public keys, so the JDK finds another provider.
      Signature software = Signature.getInstance(algorithm);
      software.initVerify(publicKey);
      verifier = software;
    } catch (InvalidKeyException e) {
      throw e;
    } catch (GeneralSecurityException e) {
      throw new InvalidKeyException("no other provider verifies " + algorithm, e);
    }
  }

  private void forget() {
    key = null;
    verifier = null;
    message.clear();
  }

  @Override
  protected void engineUpdate(byte b) throws SignatureException {
    engineUpdate(new byte[] {b}, 0, 1);
  }

  @Override
  protected void engineUpdate(byte[] bytes, int offset, int length) throws SignatureException {
    if (verifier != null) {
      verifier.update(bytes, offset, length);
    } else {
      message.append(bytes, offset, length);
    }
  }

  @Override
  protected byte[] engineSign() throws SignatureException {
    DelegatedKey ours = key;
    if (ours == null) {
      throw new SignatureException("the signature has no private key; call initSign");
    }
    byte[] whole = message.toArray();
    message.clear();
    try {
      return ours.use((provider, there) -> {
        Signature signature = Signature.getInstance(algorithm, provider);
        signature.initSign((PrivateKey) there);
        signature.update(whole);
        return signature.sign();
      });
    } catch (SignatureException e) {
      throw e;
    } catch (GeneralSecurityException e) {
      throw new SignatureException(e.getMessage(), e);
    }
  }

  @Override
  protected boolean engineVerify(byte @Nullable [] signature) throws SignatureException {
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
  protected void engineSetParameter(String name, Object value) {
    throw new InvalidParameterException("parameters have no names; call setParameter(spec)");
  }

  @Override
  @Deprecated
  protected Object engineGetParameter(String name) {
    throw new InvalidParameterException("parameters have no names; call getParameters()");
  }
}
