package io.strongroom.hsm;

import org.jspecify.annotations.Nullable;

/** How to encrypt and decrypt. Arrays are not copied: do not change them during a call. */
public sealed interface CipherAlgorithm {

  /**
   * AES-GCM (SP 800-38D). Ciphertext and tag travel as one array, the tag at the end.
   *
   * @param iv the IV; null on encryption to let the device make one of 12 bytes, which is the safe
   *     way; never null on decryption
   * @param aad additional authenticated data, may be empty
   * @param tagBits the tag's length: 96 to 128 in steps of 8
   */
  record AesGcm(byte @Nullable [] iv, byte[] aad, int tagBits) implements CipherAlgorithm {
    /** Encryption with an IV from the device and a tag of 128 bits. */
    public static AesGcm withDeviceIv(byte[] aad) {
      return new AesGcm(null, aad, 128);
    }

    /** Decryption (or, where the caller insists, encryption) with this IV and a tag of 128 bits. */
    public static AesGcm withIv(byte[] iv, byte[] aad) {
      return new AesGcm(iv, aad, 128);
    }
  }

  /**
   * AES-CBC (SP 800-38A).
   *
   * @param iv 16 bytes; null on encryption to let the device make them
   * @param padding PKCS#7 padding (RFC 5652 §6.3), else the input is whole blocks
   */
  record AesCbc(byte @Nullable [] iv, boolean padding) implements CipherAlgorithm {}

  /**
   * AES-CTR (SP 800-38A) with a 128-bit counter.
   *
   * @param iv the first counter block, 16 bytes; null on encryption to let the device make it
   */
  record AesCtr(byte @Nullable [] iv) implements CipherAlgorithm {}

  /** AES-ECB of whole blocks (SP 800-38A): a building block, not an encryption scheme. */
  record AesEcb() implements CipherAlgorithm {}

  /** RSAES-PKCS1-v1_5 (RFC 8017 §7.2). */
  record RsaPkcs1() implements CipherAlgorithm {}

  /**
   * RSAES-OAEP (RFC 8017 §7.1).
   *
   * @param digest the hash function
   * @param mgf the hash function of MGF1
   * @param label the label, mostly empty
   */
  record RsaOaep(Digest digest, Digest mgf, byte[] label) implements CipherAlgorithm {}
}
