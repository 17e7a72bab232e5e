package io.strongroom.hsm.pkcs11;

/** When operations use a session copy of a key ({@code x-copies}). */
enum CopyUse {
  /** Never. */
  OFF,
  /** For keys that are used often, where calls with the copy turn out to be faster. */
  AUTO,
  /** For keys that are used often, where the device makes a copy with the same protection. */
  ALWAYS
}
