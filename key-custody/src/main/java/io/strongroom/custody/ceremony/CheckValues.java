package io.strongroom.custody.ceremony;

import io.strongroom.custody.secret.LibCrypto;
import io.strongroom.custody.secret.Secret;
import io.strongroom.custody.secret.SecretMemory;
import java.util.HexFormat;

/**
 * Key check values: the first three bytes of a zero block, encrypted with AES-256-ECB under the key
 * (ANSI X9.24-1, Annex A, with AES in the place of TDES). For one thread at a time.
 */
public final class CheckValues {

  static final int BYTES = 3;

  private static final int BLOCK_BYTES = 16;

  private final LibCrypto crypto;
  private final Secret zero;
  private final Secret encrypted;

  /** Check values computed by this libcrypto. */
  public CheckValues(LibCrypto crypto, SecretMemory memory) {
    this.crypto = crypto;
    this.zero = memory.secret(BLOCK_BYTES);
    this.encrypted = memory.secret(BLOCK_BYTES);
  }

  /** The check value of 32 bytes of key, component or share: 6 hexadecimal digits, upper case. */
  public String of(Secret key) {
    return HexFormat.of().withUpperCase().formatHex(bytesOf(key));
  }

  byte[] bytesOf(Secret key) {
    crypto.aesBlock(key, zero.memory(), encrypted.memory());
    byte[] first = new byte[BYTES];
    for (int i = 0; i < BYTES; i++) {
      first[i] = (byte) encrypted.at(i);
    }
    encrypted.wipe();
    return first;
  }
}
