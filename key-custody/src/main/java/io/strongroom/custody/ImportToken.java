package io.strongroom.custody;

import io.strongroom.hsm.KeyId;
import java.nio.ByteBuffer;
import java.time.Instant;
import java.util.UUID;

/**
 * What an import token binds. Immutable.
 *
 * @param cmkId the CMK that the material is for
 * @param wrappingKey the key in the HSM that it is wrapped under
 * @param algorithm how
 * @param validTo when the token expires, in milliseconds
 */
record ImportToken(UUID cmkId, KeyId wrappingKey, WrappingAlgorithm algorithm, Instant validTo) {

  static final int BYTES = 16 + KeyId.BYTES + 1 + 8;

  /** CMK id, wrapping key id, algorithm (1 byte), expiry (64-bit milliseconds, big endian). */
  byte[] encode() {
    return ByteBuffer.allocate(BYTES)
        .putLong(cmkId.getMostSignificantBits())
        .putLong(cmkId.getLeastSignificantBits())
        .put(wrappingKey.bytes())
        .put(algorithm.code())
        .putLong(validTo.toEpochMilli())
        .array();
  }

  /** Reads what {@link #encode} wrote and a MAC has proved to be so. */
  static ImportToken parse(byte[] bytes) {
    ByteBuffer in = ByteBuffer.wrap(bytes);
    UUID cmkId = new UUID(in.getLong(), in.getLong());
    byte[] wrappingKey = new byte[KeyId.BYTES];
    in.get(wrappingKey);
    WrappingAlgorithm algorithm = WrappingAlgorithm.ofCode(in.get());
    return new ImportToken(
        cmkId, KeyId.of(wrappingKey), algorithm, Instant.ofEpochMilli(in.getLong()));
  }
}
