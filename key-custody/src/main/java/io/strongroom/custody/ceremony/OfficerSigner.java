package io.strongroom.custody.ceremony;

import io.strongroom.custody.CustodyException;
import io.strongroom.custody.CustodyException.Reason;
import java.nio.charset.StandardCharsets;
import java.security.GeneralSecurityException;
import java.security.InvalidKeyException;
import java.security.KeyFactory;
import java.security.PrivateKey;
import java.security.PublicKey;
import java.security.Signature;
import java.security.spec.InvalidKeySpecException;
import java.security.spec.PKCS8EncodedKeySpec;
import java.util.Arrays;
import java.util.Base64;
import java.util.List;
import org.jspecify.annotations.Nullable;

/** A person with a key pair of his own. That key signs records and is in the heap while it does. */
public final class OfficerSigner implements RecordSigner {

  private static final List<String> KINDS = List.of("EC", "RSA", "Ed25519");

  private final String name;
  private final PrivateKey privateKey;
  private final PublicKey publicKey;

  private OfficerSigner(String name, PrivateKey privateKey, PublicKey publicKey) {
    this.name = name;
    this.privateKey = privateKey;
    this.publicKey = publicKey;
  }

  /**
   * Reads a private key, PEM with PKCS#8 (RFC 7468 §10) and not encrypted, and a public one.
   *
   * @throws CustodyException.BadInput if they are none, or no pair
   */
  public static OfficerSigner of(String name, byte[] privatePem, PublicKey publicKey) {
    PrivateKey key = privateKey(name, new String(privatePem, StandardCharsets.US_ASCII));
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

  private static PrivateKey privateKey(String name, String pem) {
    String begin = "-----BEGIN PRIVATE KEY-----";
    int from = pem.indexOf(begin);
    int to = pem.indexOf("-----END PRIVATE KEY-----");
    if (from < 0 || to < from) {
      throw rejected(
          "the private key of %s is not PKCS#8 PEM without a password; make one with: openssl pkey -in KEY -out PLAIN.pem"
              .formatted(name),
          null);
    }
    byte[] der = new byte[0];
    try {
      der = Base64.getMimeDecoder().decode(pem.substring(from + begin.length(), to));
      return ofAnyKind(der);
    } catch (GeneralSecurityException | IllegalArgumentException e) {
      throw rejected(
          "the private key of %s is none of %s".formatted(name, String.join(", ", KINDS)), null);
    } finally {
      Arrays.fill(der, (byte) 0);
    }
  }

  private static PrivateKey ofAnyKind(byte[] der) throws GeneralSecurityException {
    GeneralSecurityException last = new InvalidKeyException("no kind is known");
    for (String kind : KINDS) {
      try {
        return KeyFactory.getInstance(kind).generatePrivate(new PKCS8EncodedKeySpec(der));
      } catch (InvalidKeySpecException otherKind) {
        last = otherKind;
      }
    }
    throw last;
  }

  private static CustodyException rejected(String message, @Nullable Exception cause) {
    return cause == null
        ? new CustodyException.BadInput(Reason.MALFORMED, message)
        : new CustodyException.BadInput(Reason.MALFORMED, message, cause);
  }
}
