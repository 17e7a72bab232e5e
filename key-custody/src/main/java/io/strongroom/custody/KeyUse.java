package io.strongroom.custody;

/** What a CMK is for; one thing only (SP 800-57 part 1 §5.2). */
public enum KeyUse {
  ENCRYPT_DECRYPT,
  SIGN_VERIFY,
  GENERATE_VERIFY_MAC
}
