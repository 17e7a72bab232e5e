package io.strongroom.integration.history;

import io.strongroom.hsm.KeyId;

/** What a client asked of the cluster. */
sealed interface Call {

  /** The key it is about. */
  KeyId key();

  /**
   * Makes a key, or finds it where an earlier call has made it.
   *
   * @param checkValue of imported material, hexadecimal; empty for keys that the cluster makes
   */
  record Create(KeyId key, String label, String checkValue) implements Call {}

  /** Destroys a key. */
  record Destroy(KeyId key) implements Call {}

  /** Uses a key, or looks it up. */
  record Read(KeyId key, Use use) implements Call {}

  /** How a key is used. */
  enum Use {
    ENCRYPT,
    DECRYPT,
    FIND
  }
}
