package io.strongroom.integration.ceremony;

import java.security.GeneralSecurityException;
import java.security.SecureRandom;
import java.util.HexFormat;
import javax.crypto.Cipher;
import javax.crypto.spec.SecretKeySpec;

/** Somebody with a component on paper; the arithmetic is the JDK's. */
record Custodian(String name, byte[] component) {

  static Custodian of(String name) {
    byte[] component = new byte[32];
    new SecureRandom().nextBytes(component);
    return new Custodian(name, component);
  }

  String hex() {
    return HexFormat.of().formatHex(component);
  }

  String checkValue() {
    return checkValue(component);
  }

  static byte[] combined(Custodian... custodians) {
    byte[] key = new byte[32];
    for (Custodian custodian : custodians) {
      for (int i = 0; i < key.length; i++) {
        key[i] ^= custodian.component[i];
      }
    }
    return key;
  }

  static String checkValue(byte[] key) {
    try {
      Cipher aes = Cipher.getInstance("AES/ECB/NoPadding");
      aes.init(Cipher.ENCRYPT_MODE, new SecretKeySpec(key, "AES"));
      return HexFormat.of().withUpperCase().formatHex(aes.doFinal(new byte[16]), 0, 3);
    } catch (GeneralSecurityException e) {
      throw new IllegalStateException(e);
    }
  }
}
