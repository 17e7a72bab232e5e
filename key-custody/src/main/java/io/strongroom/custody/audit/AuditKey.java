package io.strongroom.custody.audit;

import java.nio.charset.StandardCharsets;
import java.security.GeneralSecurityException;
import java.security.KeyFactory;
import java.security.MessageDigest;
import java.security.NoSuchAlgorithmException;
import java.security.PublicKey;
import java.security.spec.X509EncodedKeySpec;
import java.util.Base64;
import java.util.HexFormat;
import java.util.regex.Matcher;
import java.util.regex.Pattern;

/**
 * The public half of the key in the HSM that signs a trail's checkpoints. With it alone, kept by an
 * auditor, a trail is verified without the HSM. Immutable.
 *
 * @param publicKey an EC key on P-256, or an RSA key where the device has no EC
 */
public record AuditKey(PublicKey publicKey) {

  private static final Pattern PEM =
      Pattern.compile("-----BEGIN PUBLIC KEY-----([A-Za-z0-9+/=\\s]+)-----END PUBLIC KEY-----");
  private static final int LINE = 64;

  /**
   * Reads a key from PEM (RFC 7468 §13).
   *
   * @throws IllegalArgumentException if there is no EC or RSA public key in it
   */
  public static AuditKey fromPem(String pem) {
    Matcher matcher = PEM.matcher(pem);
    if (!matcher.find()) {
      throw new IllegalArgumentException(
          "there is no public key in PEM in it (BEGIN PUBLIC KEY); hand in what audit public-key"
              + " wrote");
    }
    return fromBase64(matcher.group(1).replaceAll("\\s", ""));
  }

  /**
   * Reads a {@code SubjectPublicKeyInfo} in Base64.
   *
   * @throws IllegalArgumentException if it is no EC or RSA public key
   */
  public static AuditKey fromBase64(String text) {
    X509EncodedKeySpec encoded = new X509EncodedKeySpec(Base64.getDecoder().decode(text));
    try {
      return new AuditKey(KeyFactory.getInstance("EC").generatePublic(encoded));
    } catch (GeneralSecurityException notEc) {
      try {
        return new AuditKey(KeyFactory.getInstance("RSA").generatePublic(encoded));
      } catch (GeneralSecurityException e) {
        throw new IllegalArgumentException("it is neither an EC nor an RSA public key", e);
      }
    }
  }

  /** SHA-256 of the key's {@code SubjectPublicKeyInfo}: 64 hexadecimal digits. */
  public String fingerprint() {
    try {
      return HexFormat.of()
          .formatHex(MessageDigest.getInstance("SHA-256").digest(publicKey.getEncoded()));
    } catch (NoSuchAlgorithmException e) {
      throw new IllegalStateException("every Java platform has SHA-256", e);
    }
  }

  /** The key as {@code SubjectPublicKeyInfo} in Base64, on one line. */
  public String toBase64() {
    return Base64.getEncoder().encodeToString(publicKey.getEncoded());
  }

  /** The key in PEM, as OpenSSL reads it. */
  public String toPem() {
    String body =
        Base64.getMimeEncoder(LINE, "\n".getBytes(StandardCharsets.US_ASCII))
            .encodeToString(publicKey.getEncoded());
    return "-----BEGIN PUBLIC KEY-----\n" + body + "\n-----END PUBLIC KEY-----\n";
  }
}
