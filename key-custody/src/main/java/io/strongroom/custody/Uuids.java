package io.strongroom.custody;

import io.strongroom.hsm.Hsm;
import java.nio.ByteBuffer;
import java.util.UUID;

/** Makes UUIDs. */
final class Uuids {

  private Uuids() {}

  /** A version 4 UUID (RFC 9562 §5.4) from the device's random source. */
  static UUID random(Hsm hsm) {
    byte[] random = hsm.random(16);
    random[6] = (byte) (random[6] & 0x0f | 0x40);
    random[8] = (byte) (random[8] & 0x3f | 0x80);
    ByteBuffer bytes = ByteBuffer.wrap(random);
    return new UUID(bytes.getLong(), bytes.getLong());
  }
}
