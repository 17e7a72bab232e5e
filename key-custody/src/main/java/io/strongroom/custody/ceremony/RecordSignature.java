package io.strongroom.custody.ceremony;

import io.strongroom.custody.CustodyException;
import io.strongroom.custody.CustodyException.Reason;
import java.security.GeneralSecurityException;
import java.security.KeyFactory;
import java.security.MessageDigest;
import java.security.PublicKey;
import java.security.Signature;
import java.security.spec.X509EncodedKeySpec;
import java.time.Instant;
import java.util.Base64;
import java.util.LinkedHashMap;
import java.util.Map;

/**
 * One signature of a ceremony record. What is signed is the canonical JSON (RFC 8785) of {@code
 * {"record": …, "signed": …, "signer": …}}, where the record is without its signatures. Immutable.
 *
 * @param signer who signed
 * @param signed when, to the second
 * @param publicKey the key to verify with
 * @param signature an RSA (PKCS#1 v1.5, SHA-256), ECDSA (SHA-256, DER) or Ed25519 signature
 */
record RecordSignature(String signer, Instant signed, PublicKey publicKey, byte[] signature) {

  /** The bytes that are signed. */
  static byte[] message(Map<String, ?> record, String signer, Instant signed) {
    Map<String, Object> bare = new LinkedHashMap<>(record);
    bare.remove(SignedRecord.SIGNATURES);
    return CanonicalJson.bytes(
        Map.of("record", bare, "signer", signer, "signed", signed.toString()));
  }

  boolean verifies(Map<String, ?> record) {
    try {
      Signature verifier = Signature.getInstance(algorithm(publicKey.getAlgorithm()));
      verifier.initVerify(publicKey);
      verifier.update(message(record, signer, signed));
      return verifier.verify(signature);
    } catch (GeneralSecurityException malformed) {
      return false;
    }
  }

  /**
   * The JCA's name of the signatures of a kind of key.
   *
   * @throws CustodyException.BadInput if such keys do not sign records
   */
  static String algorithm(String keyAlgorithm) {
    return switch (keyAlgorithm) {
      case "RSA" -> "SHA256withRSA";
      case "EC" -> "SHA256withECDSA";
      case "EdDSA", "Ed25519" -> "Ed25519";
      default ->
          throw new CustodyException.BadInput(
              Reason.MALFORMED,
              "a %s key does not sign ceremony records; use EC, RSA or Ed25519"
                  .formatted(keyAlgorithm));
    };
  }

  static String fingerprint(PublicKey key) {
    return SignedRecord.sha256(key.getEncoded());
  }

  boolean madeWith(PublicKey key) {
    return MessageDigest.isEqual(publicKey.getEncoded(), key.getEncoded());
  }

  Map<String, Object> document() {
    Map<String, Object> document = new LinkedHashMap<>();
    document.put("signer", signer);
    document.put("signed", signed.toString());
    document.put("algorithm", algorithm(publicKey.getAlgorithm()));
    document.put("publicKeySha256", fingerprint(publicKey));
    document.put("publicKey", Base64.getEncoder().encodeToString(publicKey.getEncoded()));
    document.put("signature", Base64.getEncoder().encodeToString(signature));
    return document;
  }

  /** Reads what {@link #document} wrote. */
  static RecordSignature parse(Map<?, ?> document) {
    try {
      byte[] spki = Base64.getDecoder().decode(text(document, "publicKey"));
      return new RecordSignature(
          text(document, "signer"),
          Instant.parse(text(document, "signed")),
          publicKey(text(document, "algorithm"), spki),
          Base64.getDecoder().decode(text(document, "signature")));
    } catch (IllegalArgumentException | java.time.DateTimeException | GeneralSecurityException e) {
      throw new CustodyException.BadInput(
          Reason.MALFORMED,
          "a signature of this ceremony record is malformed; get the original",
          e);
    }
  }

  private static PublicKey publicKey(String algorithm, byte[] spki)
      throws GeneralSecurityException {
    String keys =
        switch (algorithm) {
          case "SHA256withRSA" -> "RSA";
          case "SHA256withECDSA" -> "EC";
          case "Ed25519" -> "Ed25519";
          default -> throw new IllegalArgumentException("unknown algorithm");
        };
    return KeyFactory.getInstance(keys).generatePublic(new X509EncodedKeySpec(spki));
  }

  private static String text(Map<?, ?> document, String name) {
    if (document.get(name) instanceof String text) {
      return text;
    }
    throw new IllegalArgumentException("there is no " + name);
  }
}
