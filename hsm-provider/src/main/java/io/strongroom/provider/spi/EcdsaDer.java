package io.strongroom.provider.spi;

import java.io.ByteArrayOutputStream;
import java.math.BigInteger;
import java.nio.BufferUnderflowException;
import java.nio.ByteBuffer;
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
    return encode(
        new BigInteger(1, Arrays.copyOfRange(p1363, 0, half)),
        new BigInteger(1, Arrays.copyOfRange(p1363, half, p1363.length)));
  }

  private static byte[] encode(BigInteger first, BigInteger second) {
    byte[] r = element(INTEGER, first.toByteArray());
    byte[] s = element(INTEGER, second.toByteArray());
    byte[] both = Arrays.copyOf(r, r.length + s.length);
    System.arraycopy(s, 0, both, r.length, s.length);
    return element(SEQUENCE, both);
  }

  /** Whether these bytes are just what {@link #encode} makes of some r and s. */
  static boolean isExact(byte[] signature) {
    try {
      ByteBuffer parts = ByteBuffer.wrap(content(ByteBuffer.wrap(signature)));
      BigInteger r = new BigInteger(content(parts));
      BigInteger s = new BigInteger(content(parts));
      return r.signum() >= 0 && s.signum() >= 0 && Arrays.equals(signature, encode(r, s));
    } catch (BufferUnderflowException | NumberFormatException e) {
      return false;
    }
  }

  // Tags and odd lengths are not looked at: encoding again would give other bytes.
  private static byte[] content(ByteBuffer in) {
    in.get();
    int length = Byte.toUnsignedInt(in.get());
    if (length > 127) {
      length = Byte.toUnsignedInt(in.get());
    }
    byte[] content = new byte[length];
    in.get(content);
    return content;
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
