package io.strongroom.custody.ceremony;

import java.security.PublicKey;

/** Somebody or something that signs ceremony records. */
public interface RecordSigner {

  /** The name in the record. */
  String name();

  /** The key that others verify with: EC, RSA or Ed25519. */
  PublicKey publicKey();

  /** Signs a message: RSA with PKCS#1 v1.5 and SHA-256, ECDSA with SHA-256 in DER, or Ed25519. */
  byte[] sign(byte[] message);
}
