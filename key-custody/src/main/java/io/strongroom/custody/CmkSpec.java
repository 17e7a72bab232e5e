package io.strongroom.custody;

import io.strongroom.hsm.KeyType;

/** The kinds of CMKs: one row each. Material for {@link #AES_256} can be imported. */
public enum CmkSpec {
  AES_256(KeyType.AES_256, KeyUse.ENCRYPT_DECRYPT),
  HMAC_256(KeyType.secret(256), KeyUse.GENERATE_VERIFY_MAC),
  RSA_2048(KeyType.RSA_2048, KeyUse.SIGN_VERIFY),
  RSA_3072(KeyType.RSA_3072, KeyUse.SIGN_VERIFY),
  RSA_4096(KeyType.RSA_4096, KeyUse.SIGN_VERIFY),
  ECC_NIST_P256(KeyType.EC_P256, KeyUse.SIGN_VERIFY),
  ECC_NIST_P384(KeyType.EC_P384, KeyUse.SIGN_VERIFY);

  private final KeyType type;
  private final KeyUse use;

  CmkSpec(KeyType type, KeyUse use) {
    this.type = type;
    this.use = use;
  }

  /** Kind and length of the key in the HSM. */
  public KeyType type() {
    return type;
  }

  /** What such a key is for. */
  public KeyUse use() {
    return use;
  }

  /** Whether material of this kind can be imported. */
  public boolean importable() {
    return this == AES_256;
  }
}
