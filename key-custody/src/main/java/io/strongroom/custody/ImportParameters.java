package io.strongroom.custody;

import java.security.interfaces.RSAPublicKey;
import java.time.Instant;
import java.util.UUID;

/**
 * What the owner of key material needs to wrap it. Immutable; the token's array belongs to the
 * caller.
 *
 * @param keyId the CMK that the material is for
 * @param algorithm how to wrap it
 * @param publicKey the key to wrap it under; {@code getEncoded()} is its {@code
 *     SubjectPublicKeyInfo}
 * @param token to be handed in with the wrapped material; binds wrapping key, CMK, algorithm and
 *     expiry, and is good for one import
 * @param validTo when wrapping key and token expire
 */
public record ImportParameters(
    UUID keyId,
    WrappingAlgorithm algorithm,
    RSAPublicKey publicKey,
    byte[] token,
    Instant validTo) {

  /**
   * SHA-256 of the public key's {@code SubjectPublicKeyInfo}, in hexadecimal: what the owner
   * compares over another channel, to be sure that nobody exchanged the key on its way.
   */
  public String publicKeyFingerprint() {
    return Hashes.sha256Hex(publicKey.getEncoded());
  }
}
