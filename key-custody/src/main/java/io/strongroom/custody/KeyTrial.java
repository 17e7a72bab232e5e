package io.strongroom.custody;

import io.strongroom.custody.CustodyException.Reason;
import io.strongroom.hsm.CipherAlgorithm;
import io.strongroom.hsm.Digest;
import io.strongroom.hsm.Hsm;
import io.strongroom.hsm.HsmException;
import io.strongroom.hsm.KeyId;
import io.strongroom.hsm.MacAlgorithm;
import io.strongroom.hsm.SignatureAlgorithm;
import java.nio.charset.StandardCharsets;
import java.util.Arrays;

/**
 * Uses a fresh key once as it will be used, before it is anybody's: a device that can make a kind
 * of key need not have the mechanism to work with it.
 */
final class KeyTrial {

  /** As long as a SHA-256, which it is. */
  private static final byte[] INPUT =
      Hashes.sha256("strongroom key trial 1".getBytes(StandardCharsets.US_ASCII));

  private KeyTrial() {}

  /**
   * Tries a key out.
   *
   * @throws HsmException.UnsupportedMechanism if the device cannot use such a key so; the message
   *     names the mechanism and the nearest one it has
   * @throws CustodyException.Unavailable if the device does not undo or confirm what it did
   */
  static void run(Hsm hsm, KeyId key, CmkSpec spec, KeyUse use) {
    byte[] input = INPUT.clone();
    boolean right =
        switch (use) {
          case ENCRYPT_DECRYPT ->
              switch (spec.type().family()) {
                case RSA -> decrypts(hsm, key, input);
                case AES, SECRET, EC, EDWARDS, MONTGOMERY -> {
                  MaterialCheck.roundTrip(hsm, key);
                  yield true;
                }
              };
          case SIGN_VERIFY ->
              switch (spec.type().family()) {
                case RSA -> rsaSigns(hsm, key, input);
                case EC -> signs(hsm, key, new SignatureAlgorithm.Ecdsa(), input);
                case EDWARDS -> signs(hsm, key, new SignatureAlgorithm.EdDsa(), input);
                case AES, SECRET, MONTGOMERY ->
                    throw new IllegalArgumentException(spec + " does not sign");
              };
          case GENERATE_VERIFY_MAC -> {
            MacAlgorithm algorithm = new MacAlgorithm.Hmac(digest(spec));
            yield Arrays.equals(hsm.mac(key, algorithm, input), hsm.mac(key, algorithm, input));
          }
        };
    if (!right) {
      throw new CustodyException.Unavailable(
          Reason.DEVICE,
          "the HSM does not confirm what it did itself with the new key (%s); have the device examined"
              .formatted(spec));
    }
  }

  /** With SHA-256 where the device has it, else with SHA-1, which OAEP does not rest on. */
  private static boolean decrypts(Hsm hsm, KeyId key, byte[] input) {
    try {
      return decrypts(hsm, key, Digest.SHA_256, input);
    } catch (HsmException.UnsupportedMechanism e) {
      return decrypts(hsm, key, Digest.SHA_1, input);
    }
  }

  private static boolean decrypts(Hsm hsm, KeyId key, Digest digest, byte[] input) {
    CipherAlgorithm oaep = new CipherAlgorithm.RsaOaep(digest, digest, new byte[0]);
    return Arrays.equals(input, hsm.decrypt(key, oaep, hsm.encrypt(key, oaep, input).bytes()));
  }

  /** With PKCS #1 v1.5 where the device has it, else with PSS. */
  private static boolean rsaSigns(Hsm hsm, KeyId key, byte[] input) {
    try {
      return signs(hsm, key, new SignatureAlgorithm.RsaPkcs1(), input);
    } catch (HsmException.UnsupportedMechanism e) {
      return signs(
          hsm, key, new SignatureAlgorithm.RsaPss(Digest.SHA_256, Digest.SHA_256, 32), input);
    }
  }

  private static boolean signs(Hsm hsm, KeyId key, SignatureAlgorithm algorithm, byte[] input) {
    return hsm.verify(key, algorithm, input, hsm.sign(key, algorithm, input));
  }

  /** The digest whose output is as long as the key: devices may refuse a longer one. */
  private static Digest digest(CmkSpec spec) {
    return Arrays.stream(Digest.values())
        .filter(digest -> digest.bytes() == spec.type().bytes())
        .findFirst()
        .orElseThrow(() -> new IllegalArgumentException(spec + " authenticates nothing"));
  }
}
