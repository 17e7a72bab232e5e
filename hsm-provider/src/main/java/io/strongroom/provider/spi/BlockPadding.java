package io.strongroom.provider.spi;

import java.util.Arrays;
import javax.crypto.BadPaddingException;

/** Padding to whole blocks (RFC 5652 §6.3), for devices that have the mode without it. */
final class BlockPadding {

  private BlockPadding() {}

  /** The message and its padding, which is never empty. */
  static byte[] pad(byte[] message, int blockBytes) {
    int padding = blockBytes - message.length % blockBytes;
    byte[] whole = Arrays.copyOf(message, message.length + padding);
    Arrays.fill(whole, message.length, whole.length, (byte) padding);
    return whole;
  }

  /** The message without its padding; what held it is overwritten. */
  static byte[] unpad(byte[] whole, int blockBytes) throws BadPaddingException {
    int padding = whole[whole.length - 1];
    boolean good = padding >= 1 && padding <= blockBytes;
    for (int i = 1; good && i <= padding; i++) {
      good = whole[whole.length - i] == padding;
    }
    byte[] message = good ? Arrays.copyOf(whole, whole.length - padding) : new byte[0];
    Arrays.fill(whole, (byte) 0);
    if (!good) {
      throw new BadPaddingException(
          "the padding does not fit; the ciphertext was changed, or made with another key or IV");
    }
    return message;
  }
}
