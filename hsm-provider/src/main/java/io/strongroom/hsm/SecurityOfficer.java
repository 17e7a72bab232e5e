package io.strongroom.hsm;

import java.security.interfaces.RSAPublicKey;

/**
 * A token's security officer, logged in. PKCS#11 lets a process be either officer or user of a
 * token, never both at once: close every {@link Hsm} on the token first, or use another process.
 * For one thread.
 */
public interface SecurityOfficer extends AutoCloseable {

  /**
   * Logs in as the security officer.
   *
   * @param url a {@code pkcs11:} URL whose {@code pin-source} holds the officer's PIN
   * @throws HsmException.AccessDenied if the PIN is refused (it is not tried again) or this process
   *     is logged in as the token's user
   * @throws HsmException.BadInput if the URL is malformed or names no such token
   */
  static SecurityOfficer open(String url) {
    return HsmDriver.forUrl(url).openOfficer(url);
  }

  /**
   * Creates a public key that may wrap keys with {@link Protection#DOMAIN}: {@code TRUSTED}, {@code
   * WRAP}, public, a token object.
   *
   * @throws HsmException.KeyExists if a key has that id or label
   */
  void createTrusted(KeyId id, String label, RSAPublicKey publicKey);

  /**
   * Removes a public key made by {@link #createTrusted}.
   *
   * @throws HsmException.KeyNotFound if there is none
   */
  void destroyTrusted(KeyId id);

  /** Logs out. Idempotent. */
  @Override
  void close();
}
