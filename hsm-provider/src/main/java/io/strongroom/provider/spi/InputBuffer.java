package io.strongroom.provider.spi;

import java.security.ProviderException;
import java.util.Arrays;
import org.jspecify.annotations.Nullable;

/**
 * Input that is collected until the one call that the device gets. What it held is overwritten when
 * it grows and when it is cleared.
 */
final class InputBuffer {

  /** The most that one operation takes: 16 MiB. */
  static final int MAX_BYTES = 16 << 20;

  private byte[] bytes = new byte[64];
  private int size;

  int size() {
    return size;
  }

  /** The size there would be with this much more. */
  int sizeWith(int more) {
    if (more > MAX_BYTES - size) {
      throw new ProviderException(
          "one operation in the HSM takes at most "
              + MAX_BYTES
              + " bytes, got "
              + ((long) size + more)
              + "; encrypt or sign large data under a data key (envelope encryption)");
    }
    return size + more;
  }

  void append(byte @Nullable [] source, int offset, int length) {
    int needed = sizeWith(length);
    if (source == null || length == 0) {
      return;
    }
    if (needed > bytes.length) {
      byte[] larger = Arrays.copyOf(bytes, Math.max(needed, Math.min(MAX_BYTES, 2 * bytes.length)));
      Arrays.fill(bytes, 0, size, (byte) 0);
      bytes = larger;
    }
    System.arraycopy(source, offset, bytes, size, length);
    size = needed;
  }

  byte[] toArray() {
    return Arrays.copyOf(bytes, size);
  }

  /** Forgets what lies behind this size. */
  void truncate(int newSize) {
    Arrays.fill(bytes, newSize, size, (byte) 0);
    size = newSize;
  }

  void clear() {
    truncate(0);
  }
}
