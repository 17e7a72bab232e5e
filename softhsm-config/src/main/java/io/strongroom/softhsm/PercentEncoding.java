package io.strongroom.softhsm;

import java.nio.charset.StandardCharsets;
import java.util.HexFormat;

/** Percent-encoding as RFC 7512 §2.3 wants it in path and query attributes. */
final class PercentEncoding {
  private static final String UNRESERVED =
      "ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz0123456789-._~";

  private PercentEncoding() {}

  static String path(String text) {
    return encode(text, UNRESERVED);
  }

  static String query(String text) {
    return encode(text, UNRESERVED + "/:");
  }

  private static String encode(String text, String literal) {
    StringBuilder encoded = new StringBuilder();
    for (byte b : text.getBytes(StandardCharsets.UTF_8)) {
      if (b > 0 && literal.indexOf(b) >= 0) {
        encoded.append((char) b);
      } else {
        encoded.append('%').append(HexFormat.of().withUpperCase().toHexDigits(b));
      }
    }
    return encoded.toString();
  }
}
