package io.strongroom.hsm;

/**
 * How firmly the device holds a secret or private key. All of them are {@code CKA_SENSITIVE}: no
 * value is ever readable in clear. What was asked for is read back after a key was made.
 */
public enum Protection {
  /** {@code EXTRACTABLE} is false: leaves the device in no form. The default. */
  NEVER_LEAVES,

  /**
   * {@code EXTRACTABLE} is true: may leave wrapped under any key that may wrap. Weaker; meant for
   * session keys that are wrapped once and destroyed.
   */
  LEAVES_WRAPPED,

  /**
   * A wrapping key that guards what it opens: it may itself be wrapped only to a {@code TRUSTED}
   * key ({@code WRAP_WITH_TRUSTED}); everything it unwraps is forced to be sensitive and not
   * extractable ({@code UNWRAP_TEMPLATE}); and it can be neither modified nor copied. For AES keys
   * with the usages {@code WRAP} and {@code UNWRAP} only.
   */
  DOMAIN
}
