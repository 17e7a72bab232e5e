package io.strongroom.custody;

import io.strongroom.hsm.KeyType;

/** The kinds of keys that material for import can be wrapped under. */
public enum WrappingKeySpec {
  RSA_2048(KeyType.RSA_2048),
  RSA_3072(KeyType.RSA_3072),
  RSA_4096(KeyType.RSA_4096);

  private final KeyType type;

  WrappingKeySpec(KeyType type) {
    this.type = type;
  }

  KeyType type() {
    return type;
  }
}
