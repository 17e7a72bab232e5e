package io.strongroom.hsm.pkcs11;

import io.strongroom.hsm.HsmException;
import io.strongroom.hsm.KeyInfo;
import org.jspecify.annotations.Nullable;

/**
 * A key and where it is in one generation. Immutable.
 *
 * @param info the key
 * @param handle the secret or private key object; 0 if there is none
 * @param publicHandle the public key object; 0 if there is none
 * @param sensitive whether the device never shows its value; true for a public key alone
 * @param ambiguity why it cannot be used, if several objects claim to be this key; else null
 */
record KeyEntry(
    KeyInfo info, long handle, long publicHandle, boolean sensitive, @Nullable String ambiguity) {

  /** A key that is one. */
  KeyEntry(KeyInfo info, long handle, long publicHandle, boolean sensitive) {
    this(info, handle, publicHandle, sensitive, null);
  }

  /** A key that several objects claim to be. */
  static KeyEntry ambiguous(KeyInfo info, String ambiguity) {
    return new KeyEntry(info, 0, 0, true, ambiguity);
  }

  /**
   * Checks that it is clear which object the key is.
   *
   * @throws HsmException.BadInput otherwise
   */
  void requireOne() {
    if (ambiguity != null) {
      throw new HsmException.BadInput(describe() + ": " + ambiguity);
    }
  }

  /** The object that encrypts: the secret key, or the public half. */
  long encrypting() {
    return info.type().isSecret() ? kept() : shown();
  }

  /**
   * The secret or private key object.
   *
   * @throws HsmException.BadInput if the device holds the public half only
   */
  long kept() {
    requireOne();
    if (handle == 0) {
      throw new HsmException.BadInput(
          describe() + " is a public key alone; this needs the private key");
    }
    return handle;
  }

  /**
   * The public key object.
   *
   * @throws HsmException.BadInput if the device holds none
   */
  long shown() {
    requireOne();
    if (publicHandle == 0) {
      throw new HsmException.BadInput(
          describe() + " has no public key object in the device; this needs one");
    }
    return publicHandle;
  }

  /** {@code key "payments" (AES_256)}. */
  String describe() {
    return "key \"" + info.label() + "\" (" + info.type() + ")";
  }
}
