package io.strongroom.hsm.pkcs11;

import java.io.ByteArrayOutputStream;
import java.util.Arrays;
import java.util.HexFormat;

/** The little of DER (X.690) that public keys and certificates need. */
final class Der {
  static final int INTEGER = 0x02;
  static final int OCTET_STRING = 0x04;
  private static final int BIT_STRING = 0x03;
  private static final int SEQUENCE = 0x30;

  private Der() {}

  /** A {@code SubjectPublicKeyInfo} (RFC 5280 §4.1). */
  static byte[] publicKeyInfo(byte[] algorithmFields, byte[] key) {
    byte[] bits = new byte[key.length + 1];
    System.arraycopy(key, 0, bits, 1, key.length);
    return tlv(SEQUENCE, tlv(SEQUENCE, algorithmFields), tlv(BIT_STRING, bits));
  }

  /** One element: tag, length, the contents one after the other. */
  static byte[] tlv(int tag, byte[]... contents) {
    ByteArrayOutputStream out = new ByteArrayOutputStream();
    int length = Arrays.stream(contents).mapToInt(c -> c.length).sum();
    out.write(tag);
    if (length < 0x80) {
      out.write(length);
    } else if (length < 0x100) {
      out.write(0x81);
      out.write(length);
    } else {
      out.write(0x82);
      out.write(length >> 8);
      out.write(length);
    }
    Arrays.stream(contents).forEach(out::writeBytes);
    return out.toByteArray();
  }

  /**
   * The contents of an element with this tag that is exactly the whole input; the input itself if
   * it is anything else, as some devices leave the wrapping out.
   */
  static byte[] contentsOrAll(int tag, byte[] element) {
    if (element.length < 2 || (element[0] & 0xFF) != tag) {
      return element;
    }
    int first = element[1] & 0xFF;
    int header = first < 0x80 ? 2 : first == 0x81 ? 3 : 4;
    if (element.length < header) {
      return element;
    }
    byte[] contents = Arrays.copyOfRange(element, header, element.length);
    return Arrays.equals(tlv(tag, contents), element) ? contents : element;
  }

  static byte[] hex(String digits) {
    return HexFormat.of().parseHex(digits);
  }
}
