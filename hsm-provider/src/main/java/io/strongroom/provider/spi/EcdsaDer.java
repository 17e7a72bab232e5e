package io.strongroom.provider.spi;

import java.io.ByteArrayOutputStream;
import java.math.BigInteger;
import java.util.Arrays;

/**
 * The DER form of an ECDSA signature: {@code SEQUENCE {r INTEGER, s INTEGER}} (RFC 3279 §2.2.3).
 */
final class EcdsaDer {

  private static final int SEQUENCE = 0x30;
  private static final int INTEGER = 0x02;

  private EcdsaDer() {}

  /** DER from r || s, both of the same length. */
  static byte[] encode(byte[] p1363) {
    int half = p1363.length / 2;
    byte[] r = element(INTEGER, integer(Arrays.copyOfRange(p1363, 0, half)));
    byte[] s = element(INTEGER, integer(Arrays.copyOfRange(p1363, half, p1363.length)));
    byte[] both = Arrays.copyOf(r, r.length + s.length);
    System.arraycopy(s, 0, both, r.length, s.length);
    return element(SEQUENCE, both);
  }

  private static byte[] integer(byte[] magnitude) {
    return new BigInteger(1, magnitude).toByteArray();
  }

  private static byte[] element(int tag, byte[] content) {
    ByteArrayOutputStream out = new ByteArrayOutputStream(content.length + 3);
    out.write(tag);
    if (content.length > 127) {
      out.write(0x81); // P-521 has at most 139 bytes: one length octet is enough
    }
    out.write(content.length);
    out.writeBytes(content);
    return out.toByteArray();
  }
}
