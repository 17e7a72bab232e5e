package io.strongroom.custody;

import io.strongroom.custody.CustodyException.Reason;
import io.strongroom.hsm.CipherAlgorithm;
import io.strongroom.hsm.Digest;
import io.strongroom.hsm.Encrypted;
import io.strongroom.hsm.Hsm;
import io.strongroom.hsm.KeyId;
import io.strongroom.hsm.KeyInfo;
import io.strongroom.hsm.KeyType;
import io.strongroom.hsm.MacAlgorithm;
import java.nio.charset.StandardCharsets;
import java.security.PublicKey;
import java.util.Arrays;
import java.util.HexFormat;
import java.util.Locale;
import org.jspecify.annotations.Nullable;

/** Checks a key by using it: it is not enough that the device says it has one. */
final class MaterialCheck {

  private static final String FINGERPRINT_INPUT = "strongroom material fingerprint 1";

  /**
   * Two AES blocks, SHA-256 of a text, so that no GCM counter block or zero block is among them.
   */
  private static final byte[] FINGERPRINT_BLOCKS =
      Hashes.sha256(FINGERPRINT_INPUT.getBytes(StandardCharsets.US_ASCII));

  private MaterialCheck() {}

  /**
   * What only the same material yields, in hexadecimal: two fixed blocks encrypted under an AES
   * key, the MAC of them under another secret, the SHA-256 of a pair's public half.
   */
  static String fingerprint(Hsm hsm, KeyInfo key) {
    byte[] bytes =
        switch (key.type().family()) {
          case AES ->
              hsm.encrypt(key.id(), new CipherAlgorithm.AesEcb(), FINGERPRINT_BLOCKS).bytes();
          case SECRET -> hsm.mac(key.id(), hmac(key.type()), FINGERPRINT_BLOCKS);
          case RSA, EC, EDWARDS, MONTGOMERY -> Hashes.sha256(publicKey(key).getEncoded());
        };
    return HexFormat.of().formatHex(bytes);
  }

  /** What goes into a fingerprint, for those who compute it from material of their own. */
  static byte[] fingerprintInput() {
    return FINGERPRINT_BLOCKS.clone();
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

  /** Encrypts and decrypts once with an AES key. */
  static void roundTrip(Hsm hsm, KeyId key) {
    byte[] plaintext = FINGERPRINT_BLOCKS.clone();
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

  /** How a CMK of this type, a secret that is no AES key, makes MACs: its length says so. */
  static MacAlgorithm.Hmac hmac(KeyType type) {
    return new MacAlgorithm.Hmac(
        Arrays.stream(Digest.values())
            .filter(digest -> digest.bytes() == type.bytes())
            .findFirst()
            .orElse(Digest.SHA_256));
  }

  private static PublicKey publicKey(KeyInfo key) {
    PublicKey publicKey = key.publicKey();
    if (publicKey == null) {
      throw new CustodyException.Unavailable(
          Reason.DEVICE,
          "the HSM holds a key pair and shows no public half of it; check its driver");
    }
    return publicKey;
  }
}
