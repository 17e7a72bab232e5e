package io.strongroom.hsm;

import java.security.PublicKey;

/** How to make a new secret key from one that is in the device, without either leaving it. */
public sealed interface DeriveAlgorithm {

  /**
   * Elliptic curve Diffie-Hellman between a private key in the device and a public key, with no key
   * derivation function over the result: ECC CDH (SP 800-56A §5.7.1.2; the cofactor is 1) on the
   * NIST curves, X25519 and X448 (RFC 7748 §5) on the Montgomery curves; {@code CKM_ECDH1_DERIVE}
   * with {@code CKD_NULL} (PKCS#11 v2.40 §2.3.11).
   *
   * <p>The shared secret Z is as long as the curve's field: 32, 48 or 66 bytes on P-256, P-384 and
   * P-521, 32 and 56 with X25519 and X448. A shorter target key is its <em>last</em> bytes, as
   * PKCS#11 says; mostly an {@link Hkdf} over the whole of it is what you want.
   *
   * @param peer the other side's public key: a point of one of these curves that was checked to be
   *     on it, not at infinity and not of small order (SP 800-56A §5.6.2.3, RFC 7748 §6)
   */
  record Ecdh(PublicKey peer) implements DeriveAlgorithm {

    /**
     * Checks the public key, and keeps a copy of it that cannot change.
     *
     * @throws HsmException.BadInput if it is of no curve that keys are on, or no valid point of it
     */
    public Ecdh {
      peer = PeerKeys.checked(peer);
    }

    /** The kind of key that this public key is the half of; the private key has to be the same. */
    public KeyType type() {
      return PeerKeys.type(peer);
    }
  }

  /**
   * HKDF, extract and then expand (RFC 5869, SP 800-56C), from a generic secret; {@code
   * CKM_HKDF_DERIVE} (PKCS#11 v3.0 §2.62). Any target fits what it can make. Arrays are not copied:
   * do not change them during a call.
   *
   * @param digest the hash function of its HMAC
   * @param salt the salt, not secret; empty for none, which is the same as a digest's length of
   *     zeros
   * @param info what the key is for; may be empty
   */
  record Hkdf(Digest digest, byte[] salt, byte[] info) implements DeriveAlgorithm {}
}
