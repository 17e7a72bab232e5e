package io.strongroom.hsm.pkcs11;

/** Which callers a call that never returns cannot hold ({@code x-guard}). */
enum Guard {
  /** Virtual threads always, since a native call would hold their carrier; others once one hung. */
  AUTO,
  /** All, at the price of two changes of threads for each call. */
  ALWAYS
}
