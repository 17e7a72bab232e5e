package io.strongroom.custody;

import io.strongroom.custody.CustodyException.Reason;
import io.strongroom.hsm.CipherAlgorithm;
import io.strongroom.hsm.Encrypted;
import io.strongroom.hsm.Hsm;
import io.strongroom.hsm.KeyId;
import java.nio.charset.StandardCharsets;
import java.security.MessageDigest;
import java.security.NoSuchAlgorithmException;
import java.util.Arrays;
import java.util.HexFormat;
import java.util.Locale;
import org.jspecify.annotations.Nullable;

/** Checks a key by using it: it is not enough that the device says it has one. */
final class MaterialCheck {

  private static final String FINGERPRINT_INPUT = "strongroom material fingerprint 1";

  private MaterialCheck() {}

  /**
   * 32 bytes that only the same AES key yields: the encryption of two fixed blocks (SHA-256 of a
   * text, so that no GCM counter block or zero block is among them).
   */
  static String fingerprint(Hsm hsm, KeyId key) {
    byte[] blocks = sha256(FINGERPRINT_INPUT.getBytes(StandardCharsets.US_ASCII));
    return HexFormat.of().formatHex(hsm.encrypt(key, new CipherAlgorithm.AesEcb(), blocks).bytes());
  }

  /** The key check value, which must be the expected one where there is one. */
  static String checkValue(Hsm hsm, KeyId key, @Nullable String expected) {
    String got = HexFormat.of().formatHex(hsm.checkValue(key));
    if (expected != null && !got.equals(expected.toLowerCase(Locale.ROOT))) {
      throw new CustodyException.BadInput(
          Reason.CHECK_VALUE,
          "the material has the key check value %s, not %s as expected; check that it is the right material, and wrapped under these parameters"
              .formatted(got, expected));
    }
    return got;
  }

  /** Encrypts and decrypts once, as the key will be used. */
  static void roundTrip(Hsm hsm, KeyId key) {
    byte[] plaintext = hsm.random(32);
    byte[] aad = FINGERPRINT_INPUT.getBytes(StandardCharsets.US_ASCII);
    Encrypted encrypted = hsm.encrypt(key, CipherAlgorithm.AesGcm.withDeviceIv(aad), plaintext);
    byte[] decrypted =
        hsm.decrypt(key, CipherAlgorithm.AesGcm.withIv(encrypted.iv(), aad), encrypted.bytes());
    if (!Arrays.equals(plaintext, decrypted)) {
      throw new CustodyException.Unavailable(
          Reason.DEVICE,
          "the HSM does not decrypt what it encrypted with the new key; have the device examined");
    }
  }

  private static byte[] sha256(byte[] input) {
    try {
      return MessageDigest.getInstance("SHA-256").digest(input);
    } catch (NoSuchAlgorithmException e) {
      throw new IllegalStateException("every Java platform has SHA-256", e);
    }
  }
}
