package io.strongroom.custody;

import io.strongroom.custody.CustodyException.Reason;
import java.io.ByteArrayOutputStream;
import java.nio.ByteBuffer;
import java.nio.CharBuffer;
import java.nio.charset.CharacterCodingException;
import java.nio.charset.StandardCharsets;
import java.util.Arrays;
import java.util.Map;
import java.util.TreeMap;

/** The canonical bytes of an encryption context; see {@link Ciphertext#aad}. */
final class EncryptionContext {

  static final int MAX_BYTES = 8192;

  private EncryptionContext() {}

  static byte[] encode(Map<String, String> context) {
    TreeMap<byte[], byte[]> sorted = new TreeMap<>(Arrays::compareUnsigned);
    context.forEach((name, value) -> sorted.put(utf8(name), utf8(value)));
    ByteArrayOutputStream out = new ByteArrayOutputStream();
    out.writeBytes(number(sorted.size()));
    sorted.forEach((name, value) -> {
      out.writeBytes(number(name.length));
      out.writeBytes(name);
      out.writeBytes(number(value.length));
      out.writeBytes(value);
    });
    if (out.size() > MAX_BYTES) {
      throw new CustodyException.BadInput(
          Reason.TOO_LONG,
          "the encryption context has %d bytes, at most %d are possible; put a digest of long values in it"
              .formatted(out.size(), MAX_BYTES));
    }
    return out.toByteArray();
  }

  /** Unpaired surrogates are refused: replaced ones would make different contexts equal. */
  private static byte[] utf8(String text) {
    try {
      ByteBuffer encoded = StandardCharsets.UTF_8.newEncoder().encode(CharBuffer.wrap(text));
      byte[] bytes = new byte[encoded.remaining()];
      encoded.get(bytes);
      return bytes;
    } catch (CharacterCodingException e) {
      throw new CustodyException.BadInput(
          Reason.MALFORMED, "the encryption context has text that is not Unicode; correct it", e);
    }
  }

  private static byte[] number(int n) {
    return ByteBuffer.allocate(Integer.BYTES).putInt(n).array();
  }
}
