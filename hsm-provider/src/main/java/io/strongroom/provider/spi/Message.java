package io.strongroom.provider.spi;

import java.security.MessageDigest;
import org.jspecify.annotations.Nullable;

/** What is to be signed, as it comes in: through a hash function, or as it is. */
final class Message {

  private final @Nullable MessageDigest digest;
  private final InputBuffer raw = new InputBuffer();
  private boolean started;

  /**
   * An empty message.
   *
   * @param digest the JCA's name of the hash function; null to keep the bytes as they are
   */
  Message(@Nullable String digest) {
    this.digest = digest == null ? null : Digests.start(digest);
  }

  void update(byte[] bytes, int offset, int length) {
    started = true;
    if (digest == null) {
      raw.append(bytes, offset, length);
    } else {
      digest.update(bytes, offset, length);
    }
  }

  boolean started() {
    return started;
  }

  /** The digest or the bytes; empty again afterwards. */
  byte[] finish() {
    byte[] result = digest == null ? raw.toArray() : digest.digest();
    reset();
    return result;
  }

  void reset() {
    started = false;
    raw.clear();
    if (digest != null) {
      digest.reset();
    }
  }
}
