package io.strongroom.custody;

import java.nio.ByteBuffer;
import java.security.GeneralSecurityException;
import java.security.PublicKey;
import java.security.spec.MGF1ParameterSpec;
import java.util.Arrays;
import java.util.HexFormat;
import java.util.Random;
import javax.crypto.Cipher;
import javax.crypto.spec.OAEPParameterSpec;
import javax.crypto.spec.PSource;
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

  /** Material wrapped with the platform's own cryptography. */
  static byte[] wrapped(WrappingAlgorithm algorithm, PublicKey key, byte[] material) {
    String digest = algorithm.name().endsWith("SHA_256") ? "SHA-256" : "SHA-1";
    try {
      Cipher oaep = Cipher.getInstance("RSA/ECB/OAEPPadding");
      oaep.init(
          Cipher.ENCRYPT_MODE,
          key,
          new OAEPParameterSpec(
              digest, "MGF1", new MGF1ParameterSpec(digest), PSource.PSpecified.DEFAULT));
      if (algorithm.name().startsWith("RSAES_OAEP")) {
        return oaep.doFinal(material);
      }
      byte[] ephemeral = bytes(32, 9);
      Cipher kwp = Cipher.getInstance("AES/KWP/NoPadding");
      kwp.init(Cipher.ENCRYPT_MODE, new SecretKeySpec(ephemeral, "AES"));
      byte[] first = oaep.doFinal(ephemeral);
      byte[] second = kwp.doFinal(material);
      return ByteBuffer.allocate(first.length + second.length).put(first).put(second).array();
    } catch (GeneralSecurityException e) {
      throw new IllegalStateException(e);
    }
  }
}
