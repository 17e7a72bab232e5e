package io.strongroom.custody;

import static io.strongroom.custody.KeyUse.ENCRYPT_DECRYPT;
import static io.strongroom.custody.KeyUse.GENERATE_VERIFY_MAC;
import static io.strongroom.custody.KeyUse.SIGN_VERIFY;

import io.strongroom.hsm.KeyId;
import io.strongroom.hsm.KeySpec;
import io.strongroom.hsm.KeyType;
import io.strongroom.hsm.KeyUsage;
import java.util.List;

/** The kinds of CMKs: one row each. */
public enum CmkSpec {
  AES_256(KeyType.AES_256, ENCRYPT_DECRYPT),
  HMAC_224(KeyType.secret(224), GENERATE_VERIFY_MAC),
  HMAC_256(KeyType.secret(256), GENERATE_VERIFY_MAC),
  HMAC_384(KeyType.secret(384), GENERATE_VERIFY_MAC),
  HMAC_512(KeyType.secret(512), GENERATE_VERIFY_MAC),
  RSA_2048(KeyType.RSA_2048, SIGN_VERIFY, ENCRYPT_DECRYPT),
  RSA_3072(KeyType.RSA_3072, SIGN_VERIFY, ENCRYPT_DECRYPT),
  RSA_4096(KeyType.RSA_4096, SIGN_VERIFY, ENCRYPT_DECRYPT),
  ECC_NIST_P256(KeyType.EC_P256, SIGN_VERIFY),
  ECC_NIST_P384(KeyType.EC_P384, SIGN_VERIFY),
  ECC_NIST_P521(KeyType.EC_P521, SIGN_VERIFY),
  /** Ed25519 (RFC 8032); for one token only, as a cluster cannot seal such keys. */
  ECC_NIST_EDWARDS25519(KeyType.ED25519, SIGN_VERIFY);

  private final KeyType type;
  private final List<KeyUse> uses;

  CmkSpec(KeyType type, KeyUse... uses) {
    this.type = type;
    this.uses = List.of(uses);
  }

  /** Kind and length of the key in the HSM. */
  public KeyType type() {
    return type;
  }

  /** What such a key is for, unless something else is asked for. */
  public KeyUse use() {
    return uses.getFirst();
  }

  /** What such a key can be for; a key is for one of them. */
  public List<KeyUse> uses() {
    return uses;
  }

  /** Whether material of this kind can be imported. */
  public boolean importable() {
    return switch (type.family()) {
      case AES, SECRET, RSA, EC -> true;
      // AES key wrap with padding takes none of them.
      case EDWARDS, MONTGOMERY -> false;
    };
  }

  /**
   * Whether a key of this kind can get new versions: ciphertext names the version that made it, a
   * signature or a MAC does not.
   */
  public boolean rotates() {
    return this == AES_256;
  }

  /** Such a key as the HSM is to have it, allowed to do what this use needs and nothing else. */
  KeySpec onDevice(KeyId id, String label, KeyUse use) {
    return KeySpec.of(id, label, type).withUsages(use.onDevice().toArray(KeyUsage[]::new));
  }
}
