package io.strongroom.custody.ceremony;

import io.strongroom.custody.CustodyException;
import io.strongroom.custody.CustodyException.Reason;
import io.strongroom.custody.secret.Secret;
import java.nio.ByteBuffer;

/**
 * One of the shares of a key, as its custodian has it on paper: 48 bytes in hexadecimal digits.
 *
 * <pre>
 * offset  bytes  what
 *      0      1  format version, 1
 *      1      4  id of the set, random; all shares of one split have the same
 *      5      1  threshold M: how many shares give the key, 2 to 8
 *      6      1  number of shares N that were made, M to 8
 *      7      1  this share's number, 1 to N: where the polynomials were evaluated
 *      8      1  length of the value in bytes, 32
 *      9     32  the value: byte i is that of the polynomial for byte i of the key
 *     41      3  check value of the value: the first bytes of AES-256-ECB of a zero block under it
 *     44      4  CRC-32 (ISO-HDLC) of bytes 0 to 43, big endian
 * </pre>
 *
 * The check value names the share in records; the checksum finds every slip of up to four
 * neighbouring bytes. Neither protects against forgery: that is what the check value of the whole
 * key is for.
 *
 * @param setId the id of the set
 * @param threshold how many shares give the key
 * @param count how many were made
 * @param number this share's number
 * @param value the value
 */
record Share(int setId, int threshold, int count, int number, Secret value) {

  /** The length of a share. */
  static final int BYTES = 48;

  static final int VALUE_BYTES = 32;
  static final int MAX_SHARES = 8;

  private static final int VERSION = 1;
  private static final int VALUE_AT = 9;
  private static final int CHECK_VALUE_AT = VALUE_AT + VALUE_BYTES;
  private static final int CRC_AT = CHECK_VALUE_AT + CheckValues.BYTES;
  private static final int CRC_32_REVERSED = 0xedb88320;

  /** Writes the 48 bytes. */
  void write(CheckValues checkValues, Secret into) {
    ByteBuffer head = into.memory().asByteBuffer();
    head.put((byte) VERSION)
        .putInt(setId)
        .put((byte) threshold)
        .put((byte) count)
        .put((byte) number)
        .put((byte) VALUE_BYTES);
    into.slice(VALUE_AT, VALUE_BYTES).copy(value);
    head.position(CHECK_VALUE_AT);
    head.put(checkValues.bytesOf(value)).putInt(crc(into));
  }

  /**
   * Reads the 48 bytes.
   *
   * @return a share whose value is a view of what was read
   * @throws CustodyException.BadInput if checksum, version, numbers, length or check value are
   *     wrong
   */
  static Share read(CheckValues checkValues, Secret bytes) {
    ByteBuffer in = bytes.memory().asByteBuffer();
    if (in.getInt(CRC_AT) != crc(bytes)) {
      throw rejected(
          "the checksum of this share does not fit, so a digit is wrong or two are swapped; enter"
              + " it again");
    }
    int version = in.get(0);
    if (version != VERSION) {
      throw rejected(
          "this share has format version %d, and this program reads version %d"
              .formatted(version, VERSION));
    }
    Share share =
        new Share(
            in.getInt(1), in.get(5), in.get(6), in.get(7), bytes.slice(VALUE_AT, VALUE_BYTES));
    boolean possible =
        in.get(8) == VALUE_BYTES
            && share.threshold >= 2
            && share.threshold <= share.count
            && share.count <= MAX_SHARES
            && share.number >= 1
            && share.number <= share.count;
    byte[] checkValue = new byte[CheckValues.BYTES];
    in.get(CHECK_VALUE_AT, checkValue);
    if (!possible || !java.util.Arrays.equals(checkValue, checkValues.bytesOf(share.value))) {
      throw rejected("this share contradicts itself, so it was not made by this program");
    }
    return share;
  }

  /** Whether both were made in one split. */
  boolean belongsWith(Share other) {
    return setId == other.setId && threshold == other.threshold && count == other.count;
  }

  /** The set's id as people read it. */
  String setName() {
    return "%08X".formatted(setId);
  }

  private static int crc(Secret bytes) {
    int crc = -1;
    for (int i = 0; i < CRC_AT; i++) {
      crc ^= bytes.at(i);
      for (int bit = 0; bit < 8; bit++) {
        crc = (crc >>> 1) ^ (CRC_32_REVERSED & -(crc & 1));
      }
    }
    return ~crc;
  }

  private static CustodyException rejected(String message) {
    return new CustodyException.BadInput(Reason.COMPONENT, message);
  }
}
