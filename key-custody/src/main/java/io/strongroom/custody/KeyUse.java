package io.strongroom.custody;

import io.strongroom.hsm.KeyUsage;
import java.util.List;

/** What a CMK is for; one thing only (SP 800-57 part 1 §5.2). */
public enum KeyUse {
  ENCRYPT_DECRYPT(KeyUsage.ENCRYPT, KeyUsage.DECRYPT),
  SIGN_VERIFY(KeyUsage.SIGN, KeyUsage.VERIFY),
  GENERATE_VERIFY_MAC(KeyUsage.SIGN, KeyUsage.VERIFY);

  private final List<KeyUsage> onDevice;

  KeyUse(KeyUsage... onDevice) {
    this.onDevice = List.of(onDevice);
  }

  /** What the HSM lets a key do that is for this. */
  List<KeyUsage> onDevice() {
    return onDevice;
  }
}
