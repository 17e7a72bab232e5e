package io.strongroom.hsm;

/**
 * What a key may be used for (PKCS#11 v2.40 §4, {@code CKA_ENCRYPT} and its siblings). For a key
 * pair each half gets the usages that are its own: the private key decrypts, signs, unwraps and
 * derives; the public key encrypts, verifies and wraps.
 */
public enum KeyUsage {
  ENCRYPT,
  DECRYPT,
  SIGN,
  VERIFY,
  WRAP,
  UNWRAP,
  DERIVE
}
