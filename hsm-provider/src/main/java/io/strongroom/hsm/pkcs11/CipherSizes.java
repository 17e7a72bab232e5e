package io.strongroom.hsm.pkcs11;

import io.strongroom.hsm.CipherAlgorithm;
import io.strongroom.hsm.CipherAlgorithm.AesCbc;
import io.strongroom.hsm.CipherAlgorithm.AesCtr;
import io.strongroom.hsm.CipherAlgorithm.AesEcb;
import io.strongroom.hsm.CipherAlgorithm.AesGcm;
import io.strongroom.hsm.CipherAlgorithm.RsaOaep;
import io.strongroom.hsm.CipherAlgorithm.RsaPkcs1;
import io.strongroom.hsm.HsmException;
import org.jspecify.annotations.Nullable;

/** The sizes that cipher algorithms allow, checked here since devices answer them differently. */
final class CipherSizes {
  private static final int BLOCK_BYTES = 16;
  private static final int PKCS1_OVERHEAD_BYTES = 11;

  private CipherSizes() {}

  /**
   * Checks an encryption's parameters and input.
   *
   * @throws HsmException.BadInput if they do not suit the algorithm
   */
  static void requirePlaintext(KeyEntry key, CipherAlgorithm algorithm, int inputBytes) {
    requireParameters(algorithm);
    switch (algorithm) {
      case AesCbc cbc when !cbc.padding() -> requireBlocks(inputBytes);
      case AesEcb _ -> requireBlocks(inputBytes);
      case RsaPkcs1 _ -> requireAtMost(key, inputBytes, modulusBytes(key) - PKCS1_OVERHEAD_BYTES);
      case RsaOaep oaep ->
          requireAtMost(key, inputBytes, modulusBytes(key) - 2 * oaep.digest().bytes() - 2);
      case AesGcm _, AesCbc _, AesCtr _ -> {}
    }
  }

  /**
   * Checks a decryption's parameters and input.
   *
   * @throws HsmException.BadInput if they do not suit the algorithm
   * @throws HsmException.AuthenticationFailed if the ciphertext is too short to hold its tag
   */
  static void requireCiphertext(KeyEntry key, CipherAlgorithm algorithm, int inputBytes) {
    requireParameters(algorithm);
    switch (algorithm) {
      case AesGcm gcm -> requireTag(gcm, inputBytes);
      case AesCbc cbc -> {
        requireBlocks(inputBytes);
        requirePadding(cbc, inputBytes);
      }
      case AesEcb _ -> requireBlocks(inputBytes);
      case RsaPkcs1 _, RsaOaep _ -> requireExactly(key, inputBytes);
      case AesCtr _ -> {}
    }
  }

  private static void requireParameters(CipherAlgorithm algorithm) {
    switch (algorithm) {
      case AesGcm gcm -> requireGcm(gcm);
      case AesCbc cbc -> requireIv("CBC", cbc.iv());
      case AesCtr ctr -> requireIv("CTR", ctr.iv());
      case AesEcb _, RsaPkcs1 _, RsaOaep _ -> {}
    }
  }

  private static void requireGcm(AesGcm gcm) {
    byte[] iv = gcm.iv();
    if (iv == null || iv.length == 0) {
      throw new HsmException.BadInput("GCM needs the IV that the encryption returned, 12 bytes");
    }
    if (gcm.tagBits() < 96 || gcm.tagBits() > 128 || gcm.tagBits() % 8 != 0) {
      throw new HsmException.BadInput(
          "a GCM tag has 96 to 128 bits in steps of 8, not " + gcm.tagBits() + "; use 128");
    }
  }

  private static void requireIv(String mode, byte @Nullable [] iv) {
    if (iv == null || iv.length != BLOCK_BYTES) {
      throw new HsmException.BadInput(
          mode + " needs an IV of 16 bytes, not " + (iv == null ? "none" : iv.length));
    }
  }

  // Some devices decrypt nothing to nothing, without a look at the tag.
  private static void requireTag(AesGcm gcm, int inputBytes) {
    if (inputBytes < gcm.tagBits() / 8) {
      throw new HsmException.AuthenticationFailed(
          "the ciphertext has "
              + inputBytes
              + " bytes, fewer than its tag of "
              + gcm.tagBits() / 8
              + "; it was cut off");
    }
  }

  private static void requirePadding(AesCbc cbc, int inputBytes) {
    if (cbc.padding() && inputBytes == 0) {
      throw new HsmException.BadInput(
          "a padded ciphertext has at least one block of 16 bytes, not 0; it was cut off");
    }
  }

  private static void requireBlocks(int inputBytes) {
    if (inputBytes % BLOCK_BYTES != 0) {
      throw new HsmException.BadInput(
          "the input has " + inputBytes + " bytes, which are not whole blocks of 16; pad it");
    }
  }

  private static void requireAtMost(KeyEntry key, int inputBytes, int mostBytes) {
    if (inputBytes > mostBytes) {
      throw new HsmException.BadInput(
          key.describe() + " encrypts at most " + mostBytes + " bytes so, not " + inputBytes);
    }
  }

  private static void requireExactly(KeyEntry key, int inputBytes) {
    if (inputBytes != modulusBytes(key)) {
      throw new HsmException.BadInput(
          key.describe() + " decrypts " + modulusBytes(key) + " bytes, not " + inputBytes);
    }
  }

  private static int modulusBytes(KeyEntry key) {
    return key.info().type().bytes();
  }
}
