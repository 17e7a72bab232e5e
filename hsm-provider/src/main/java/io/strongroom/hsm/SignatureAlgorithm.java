package io.strongroom.hsm;

/**
 * How to sign. The digest is made by the caller: it is not secret, and long data need not travel.
 */
public sealed interface SignatureAlgorithm {

  /**
   * RSASSA-PKCS1-v1_5 (RFC 8017 §8.2). The input is the DER {@code DigestInfo}, or any bytes up to
   * the modulus less 11; the signature is as long as the modulus.
   */
  record RsaPkcs1() implements SignatureAlgorithm {}

  /**
   * RSASSA-PSS (RFC 8017 §8.1). The input is the digest.
   *
   * @param digest the hash function that made the input
   * @param mgf the hash function of MGF1
   * @param saltBytes the salt's length in bytes
   */
  record RsaPss(Digest digest, Digest mgf, int saltBytes) implements SignatureAlgorithm {}

  /** ECDSA (FIPS 186-5). The input is the digest; the signature is r || s (IEEE P1363). */
  record Ecdsa() implements SignatureAlgorithm {}

  /** Ed25519 and Ed448 (RFC 8032). The input is the message itself. */
  record EdDsa() implements SignatureAlgorithm {}
}
