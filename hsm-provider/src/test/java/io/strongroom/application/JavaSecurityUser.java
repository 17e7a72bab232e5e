package io.strongroom.application;

import java.security.Provider;
import java.security.Security;
import javax.crypto.Cipher;
import javax.crypto.KeyGenerator;

/** A program that knows the provider by its name only; run in a JVM of its own. */
public final class JavaSecurityUser {

  private JavaSecurityUser() {}

  @SuppressWarnings("SystemOut")
  public static void main(String[] args) throws Exception {
    Provider provider = Security.getProvider("Strongroom");
    if (provider == null || !provider.isConfigured()) {
      System.out.println("no Strongroom");
      return;
    }
    Cipher cipher = Cipher.getInstance("AES/GCM/NoPadding");
    cipher.init(Cipher.ENCRYPT_MODE, KeyGenerator.getInstance("AES", "Strongroom").generateKey());
    System.out.println(
        provider.getName()
            + " provider="
            + cipher.getProvider().getName()
            + " ciphertext="
            + cipher.doFinal(new byte[5]).length);
  }
}
