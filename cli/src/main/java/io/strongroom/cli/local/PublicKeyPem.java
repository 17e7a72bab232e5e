package io.strongroom.cli.local;

import java.security.PublicKey;
import java.util.Base64;

/** Public keys as OpenSSL reads them. */
public final class PublicKeyPem {
  private PublicKeyPem() {}

  /** The {@code SubjectPublicKeyInfo} as PEM (RFC 7468 §13). */
  public static String of(PublicKey key) {
    return "-----BEGIN PUBLIC KEY-----\n"
        + Base64.getMimeEncoder(64, new byte[] {'\n'}).encodeToString(key.getEncoded())
        + "\n-----END PUBLIC KEY-----\n";
  }
}
