package io.strongroom.custody.ceremony;

import io.strongroom.custody.CustodyException;
import io.strongroom.custody.CustodyException.Reason;
import io.strongroom.custody.secret.Secret;

/**
 * Secret bytes as hexadecimal digits, read and written without branches or tables that depend on
 * them. Reading takes upper and lower case, with spaces, tabs, dashes and colons between digits.
 */
final class HexText {

  private static final int GROUP = 4;

  private HexText() {}

  /** The number of hexadecimal digits if the text has nothing else but separators. */
  static int digits(Secret text) {
    int digits = 0;
    for (int i = 0; i < text.size(); i++) {
      int c = text.at(i);
      if (isSeparator(c)) {
        continue;
      }
      if (nibble(c) < 0) {
        throw rejected(
            "character %d is no hexadecimal digit; use 0-9 and A-F, with spaces or dashes between groups"
                .formatted(i + 1));
      }
      digits++;
    }
    return digits;
  }

  /**
   * Reads as many bytes as there is room for.
   *
   * @throws CustodyException.BadInput if there are other characters, or more or fewer digits
   */
  static void parse(Secret text, Secret into) {
    int digits = digits(text);
    if (digits != 2 * into.size()) {
      throw rejected(
          "%d hexadecimal digits were entered, and %d are wanted; enter the whole line, and nothing else"
              .formatted(digits, 2 * into.size()));
    }
    int digit = 0;
    for (int i = 0; i < text.size(); i++) {
      int c = text.at(i);
      if (!isSeparator(c)) {
        int before = digit % 2 == 0 ? 0 : into.at(digit / 2);
        into.set(digit / 2, (before << 4) | nibble(c));
        digit++;
      }
    }
  }

  /** How many characters {@link #write} needs for so many bytes. */
  static int size(int bytes) {
    return 2 * bytes + (2 * bytes - 1) / GROUP;
  }

  /** Writes bytes in upper case, in groups of four digits with spaces between. */
  static void write(Secret bytes, Secret into) {
    int at = 0;
    for (int digit = 0; digit < 2 * bytes.size(); digit++) {
      if (digit > 0 && digit % GROUP == 0) {
        into.set(at++, ' ');
      }
      int value = (bytes.at(digit / 2) >>> (digit % 2 == 0 ? 4 : 0)) & 0xf;
      // 10 to 15 are 7 characters further on than the digits 0 to 9.
      into.set(at++, '0' + value + (7 & ((9 - value) >> 8)));
    }
  }

  private static boolean isSeparator(int c) {
    return c == ' ' || c == '-' || c == ':' || c == '\t';
  }

  /** The value of a digit, or a negative number: each range gives its mask. */
  private static int nibble(int c) {
    int lower = c | 0x20;
    int isDigit = (('0' - 1 - c) & (c - ('9' + 1))) >> 31;
    int isLetter = (('a' - 1 - lower) & (lower - ('f' + 1))) >> 31;
    return (isDigit & (c - '0')) | (isLetter & (lower - 'a' + 10)) | ~(isDigit | isLetter);
  }

  private static CustodyException rejected(String message) {
    return new CustodyException.BadInput(Reason.COMPONENT, message);
  }
}
