package io.strongroom.custody;

import java.nio.charset.StandardCharsets;
import java.util.Arrays;
import java.util.Optional;
import java.util.regex.Pattern;

/** Tells bytes that are text from those that are not: people hand in what their tools print. */
enum TextForm {
  PEM("PEM text", "-----BEGIN.*"),
  HEXADECIMAL("hexadecimal text", "(?:[0-9a-fA-F]{2}:?)++"),
  BASE64("base64 text", "[A-Za-z0-9+/_-]++={0,2}");

  /** Shorter texts may be bytes by chance. */
  private static final int LEAST_BYTES = 16;

  private final String words;
  private final Pattern pattern;

  TextForm(String words, String pattern) {
    this.words = words;
    this.pattern = Pattern.compile(pattern);
  }

  /** Which text these bytes are, if any. */
  static Optional<TextForm> of(byte[] bytes) {
    if (bytes.length < LEAST_BYTES || !isAscii(bytes)) {
      return Optional.empty();
    }
    String text = new String(bytes, StandardCharsets.US_ASCII).replaceAll("\\s+", "");
    return Arrays.stream(values()).filter(form -> form.pattern.matcher(text).matches()).findFirst();
  }

  private static boolean isAscii(byte[] bytes) {
    for (byte b : bytes) {
      boolean printable = b >= ' ' && b < 0x7f;
      if (!printable && b != '\n' && b != '\r' && b != '\t') {
        return false;
      }
    }
    return true;
  }

  /** The name that users read: {@code base64 text}. */
  @Override
  public String toString() {
    return words;
  }
}
