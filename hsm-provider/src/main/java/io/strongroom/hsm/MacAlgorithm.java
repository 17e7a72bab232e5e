package io.strongroom.hsm;

/** How to authenticate a message. */
public sealed interface MacAlgorithm {

  /**
   * HMAC (FIPS 198-1), the full length.
   *
   * @param digest the hash function
   */
  record Hmac(Digest digest) implements MacAlgorithm {}

  /** AES-CMAC (SP 800-38B), 16 bytes. */
  record AesCmac() implements MacAlgorithm {}
}
