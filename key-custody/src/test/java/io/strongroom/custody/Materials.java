package io.strongroom.custody;

import java.security.GeneralSecurityException;
import java.util.Arrays;
import java.util.HexFormat;
import java.util.Random;
import javax.crypto.Cipher;
import javax.crypto.spec.SecretKeySpec;

/** Key material of a test, and what a second implementation computes from it. */
final class Materials {

  private Materials() {}

  /** The same bytes for the same seed. */
  static byte[] bytes(int length, long seed) {
    byte[] bytes = new byte[length];
    new Random(seed).nextBytes(bytes);
    return bytes;
  }

  /** The key check value as the platform's own cryptography computes it. */
  static String kcv(byte[] material) {
    try {
      Cipher ecb = Cipher.getInstance("AES/ECB/NoPadding");
      ecb.init(Cipher.ENCRYPT_MODE, new SecretKeySpec(material, "AES"));
      return HexFormat.of().formatHex(Arrays.copyOf(ecb.doFinal(new byte[16]), 3));
    } catch (GeneralSecurityException e) {
      throw new IllegalStateException(e);
    }
  }
}
