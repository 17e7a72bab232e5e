package io.strongroom.hsm;

import java.nio.ByteBuffer;
import java.security.SecureRandom;
import java.util.HexFormat;
import java.util.UUID;

/**
 * The name of a key: 16 bytes, stored in the device as {@code CKA_ID}. Immutable.
 *
 * @param high the first 8 bytes, big endian
 * @param low the last 8 bytes, big endian
 */
public record KeyId(long high, long low) {

  /** The length in bytes. */
  public static final int BYTES = 16;

  /** A fresh random id. */
  public static KeyId random(SecureRandom random) {
    return new KeyId(random.nextLong(), random.nextLong());
  }

  /**
   * The id with these 16 bytes.
   *
   * @throws HsmException.BadInput if there are not exactly 16
   */
  public static KeyId of(byte[] bytes) {
    if (bytes.length != BYTES) {
      throw new HsmException.BadInput(
          "a key id has " + BYTES + " bytes, not " + bytes.length + "; give CKA_ID as stored");
    }
    ByteBuffer buffer = ByteBuffer.wrap(bytes);
    return new KeyId(buffer.getLong(), buffer.getLong());
  }

  /** The id with the bytes of a UUID. */
  public static KeyId of(UUID uuid) {
    return new KeyId(uuid.getMostSignificantBits(), uuid.getLeastSignificantBits());
  }

  /**
   * The id written as 32 hexadecimal digits, as {@link #toString} writes it.
   *
   * @throws HsmException.BadInput if it is anything else
   */
  public static KeyId parse(String hex) {
    try {
      return of(HexFormat.of().parseHex(hex));
    } catch (IllegalArgumentException e) {
      throw new HsmException.BadInput("a key id is 32 hexadecimal digits; got \"" + hex + "\"", e);
    }
  }

  /** The 16 bytes, newly made. */
  public byte[] bytes() {
    return ByteBuffer.allocate(BYTES).putLong(high).putLong(low).array();
  }

  /** 32 hexadecimal digits in lower case. */
  @Override
  public String toString() {
    return HexFormat.of().toHexDigits(high) + HexFormat.of().toHexDigits(low);
  }
}
