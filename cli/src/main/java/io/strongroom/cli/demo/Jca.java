package io.strongroom.cli.demo;

import io.strongroom.custody.Ciphertext;
import io.strongroom.custody.CmkDescription;
import io.strongroom.hsm.Hsm;
import io.strongroom.provider.HsmProvider;
import java.io.IOException;
import java.security.GeneralSecurityException;
import java.security.Key;
import java.security.KeyStore;
import java.util.Map;
import javax.crypto.Cipher;
import javax.crypto.spec.GCMParameterSpec;

/** A Java application that knows the JCA and nothing of custody but its ciphertext's form. */
final class Jca {
  private Jca() {}

  /** Encrypts with {@code AES/GCM/NoPadding}, in two parts, into custody's form. */
  static Ciphertext encrypt(
      Hsm hsm, CmkDescription key, byte[] plaintext, Map<String, String> context) {
    try (HsmProvider provider = HsmProvider.over(hsm)) {
      Cipher cipher = Cipher.getInstance("AES/GCM/NoPadding", provider);
      cipher.init(Cipher.ENCRYPT_MODE, key(provider, key));
      cipher.updateAAD(Ciphertext.aad(key.keyId(), key.version(), context));
      int half = plaintext.length / 2;
      byte[] first = cipher.update(plaintext, 0, half);
      byte[] rest = cipher.doFinal(plaintext, half, plaintext.length - half);
      return new Ciphertext(key.keyId(), key.version(), cipher.getIV(), join(first, rest));
    } catch (GeneralSecurityException | IOException e) {
      throw new IllegalStateException("the JCA provider did not encrypt: " + e.getMessage(), e);
    }
  }

  /** Decrypts custody's ciphertext with {@code AES/GCM/NoPadding}. */
  static byte[] decrypt(
      Hsm hsm, CmkDescription key, Ciphertext ciphertext, Map<String, String> context) {
    try (HsmProvider provider = HsmProvider.over(hsm)) {
      Cipher cipher = Cipher.getInstance("AES/GCM/NoPadding", provider);
      cipher.init(
          Cipher.DECRYPT_MODE, key(provider, key), new GCMParameterSpec(128, ciphertext.iv()));
      cipher.updateAAD(ciphertext.aad(context));
      return cipher.doFinal(ciphertext.sealed());
    } catch (GeneralSecurityException | IOException e) {
      throw new IllegalStateException("the JCA provider did not decrypt: " + e.getMessage(), e);
    }
  }

  private static Key key(HsmProvider provider, CmkDescription key)
      throws GeneralSecurityException, IOException {
    KeyStore store = KeyStore.getInstance("HSM", provider);
    store.load(null, null);
    Key found = store.getKey(label(key), null);
    if (found == null) {
      throw new IllegalStateException("the key store has no key " + label(key));
    }
    return found;
  }

  /** The label under which a CMK's current version is in the HSM. */
  static String label(CmkDescription key) {
    return "cmk/" + key.keyId() + "/v" + key.version();
  }

  private static byte[] join(byte @org.jspecify.annotations.Nullable [] first, byte[] rest) {
    if (first == null || first.length == 0) {
      return rest;
    }
    byte[] all = java.util.Arrays.copyOf(first, first.length + rest.length);
    System.arraycopy(rest, 0, all, first.length, rest.length);
    return all;
  }
}
