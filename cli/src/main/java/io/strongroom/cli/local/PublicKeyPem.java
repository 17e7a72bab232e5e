package io.strongroom.cli.local;

import java.nio.charset.StandardCharsets;
import java.security.GeneralSecurityException;
import java.security.KeyFactory;
import java.security.PublicKey;
import java.security.spec.InvalidKeySpecException;
import java.security.spec.X509EncodedKeySpec;
import java.util.Base64;
import java.util.List;
import java.util.Optional;

/** Public keys as OpenSSL reads them. */
public final class PublicKeyPem {
  private static final String BEGIN = "-----BEGIN PUBLIC KEY-----";
  private static final String END = "-----END PUBLIC KEY-----";

  private PublicKeyPem() {}

  /** The {@code SubjectPublicKeyInfo} as PEM (RFC 7468 §13). */
  public static String of(PublicKey key) {
    return BEGIN
        + "\n"
        + Base64.getMimeEncoder(64, new byte[] {'\n'}).encodeToString(key.getEncoded())
        + "\n"
        + END
        + "\n";
  }

  /** Reads an RSA, EC or Ed25519 key from PEM; nothing if it is anything else. */
  public static Optional<PublicKey> parse(byte[] pem) {
    String text = new String(pem, StandardCharsets.US_ASCII);
    int from = text.indexOf(BEGIN);
    int to = text.indexOf(END);
    if (from < 0 || to < from) {
      return Optional.empty();
    }
    try {
      byte[] der = Base64.getMimeDecoder().decode(text.substring(from + BEGIN.length(), to));
      return ofAnyKind(new X509EncodedKeySpec(der));
    } catch (GeneralSecurityException | IllegalArgumentException e) {
      return Optional.empty();
    }
  }

  private static Optional<PublicKey> ofAnyKind(X509EncodedKeySpec spec)
      throws GeneralSecurityException {
    GeneralSecurityException last = new InvalidKeySpecException("no kind is known");
    for (String kind : List.of("RSA", "EC", "Ed25519")) {
      try {
        return Optional.of(KeyFactory.getInstance(kind).generatePublic(spec));
      } catch (InvalidKeySpecException otherKind) {
        last = otherKind;
      }
    }
    throw last;
  }
}
