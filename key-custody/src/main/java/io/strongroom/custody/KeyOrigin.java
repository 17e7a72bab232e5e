package io.strongroom.custody;

/** Where a CMK's material comes from. */
public enum KeyOrigin {
  /** Generated in the HSM. */
  HSM,
  /** Imported by its owner. */
  EXTERNAL
}
