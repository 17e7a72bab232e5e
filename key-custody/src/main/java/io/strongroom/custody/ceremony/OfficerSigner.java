package io.strongroom.custody.ceremony;

import io.strongroom.custody.CustodyException;
import io.strongroom.custody.CustodyException.Reason;
import java.nio.charset.StandardCharsets;
import java.security.GeneralSecurityException;
import java.security.InvalidKeyException;
import java.security.PrivateKey;
import java.security.PublicKey;
import java.security.Signature;
import java.util.function.Supplier;
import org.jspecify.annotations.Nullable;

/** A person with a key pair of his own. That key signs records and is in the heap while it does. */
public final class OfficerSigner implements RecordSigner {

  private final String name;
  private final PrivateKey privateKey;
  private final PublicKey publicKey;

  private OfficerSigner(String name, PrivateKey privateKey, PublicKey publicKey) {
    this.name = name;
    this.privateKey = privateKey;
    this.publicKey = publicKey;
  }

  /**
   * Reads a private key, PEM with PKCS#8 (RFC 7468 §10, §11), and takes a public one.
   *
   * @param passphrase is asked for if the private key is under one, as UTF-8; zeroed afterwards
   * @throws CustodyException.BadInput if they are none, no pair, or that is not the passphrase
   */
  public static OfficerSigner of(
      String name, byte[] privatePem, PublicKey publicKey, Supplier<byte[]> passphrase) {
    PrivateKey key = new PrivateKeyPem(name, passphrase).read(privatePem);
    OfficerSigner signer = new OfficerSigner(name, key, publicKey);
    byte[] probe = "strongroom key pair check".getBytes(StandardCharsets.US_ASCII);
    try {
      Signature verifier =
          Signature.getInstance(RecordSignature.algorithm(publicKey.getAlgorithm()));
      verifier.initVerify(publicKey);
      verifier.update(probe);
      if (verifier.verify(signer.sign(probe))) {
        return signer;
      }
    } catch (GeneralSecurityException e) {
      throw rejected("the keys of %s are no pair; name both files of one".formatted(name), e);
    }
    throw rejected("the keys of %s are no pair; name both files of one".formatted(name), null);
  }

  @Override
  public String name() {
    return name;
  }

  @Override
  public PublicKey publicKey() {
    return publicKey;
  }

  @Override
  public byte[] sign(byte[] message) {
    try {
      Signature signature =
          Signature.getInstance(RecordSignature.algorithm(privateKey.getAlgorithm()));
      signature.initSign(privateKey);
      signature.update(message);
      return signature.sign();
    } catch (InvalidKeyException e) {
      throw rejected("the key of %s does not sign; use another one".formatted(name), e);
    } catch (GeneralSecurityException e) {
      throw new IllegalStateException("every Java platform has these signatures", e);
    }
  }

  private static CustodyException rejected(String message, @Nullable Exception cause) {
    return cause == null
        ? new CustodyException.BadInput(Reason.MALFORMED, message)
        : new CustodyException.BadInput(Reason.MALFORMED, message, cause);
  }
}
