package io.strongroom.hsm;

/** How to wrap and unwrap keys; the key material stays inside the device throughout. */
public sealed interface WrapAlgorithm {

  /** AES key wrap (RFC 3394, SP 800-38F KW) with the default IV: whole 8-byte blocks. */
  record AesKw() implements WrapAlgorithm {}

  /** AES key wrap with padding (RFC 5649, SP 800-38F KWP): any length, private keys as PKCS#8. */
  record AesKwp() implements WrapAlgorithm {}

  /** RSAES-PKCS1-v1_5 (RFC 8017 §7.2). */
  record RsaPkcs1() implements WrapAlgorithm {}

  /**
   * RSAES-OAEP (RFC 8017 §7.1) with MGF1 over the same hash function and an empty label.
   *
   * @param digest the hash function
   */
  record RsaOaep(Digest digest) implements WrapAlgorithm {}

  /**
   * RSA AES key wrap (PKCS#11 v2.40 §2.1.21, {@code CKM_RSA_AES_KEY_WRAP}): an ephemeral AES-256
   * key under RSA-OAEP, followed by the target under that key by AES-KWP. Works as two steps, both
   * inside the device, where the device lacks the mechanism.
   *
   * @param digest the hash function of OAEP and its MGF1
   */
  record RsaAes(Digest digest) implements WrapAlgorithm {}
}
