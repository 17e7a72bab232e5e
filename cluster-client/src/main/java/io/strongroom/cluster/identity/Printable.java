package io.strongroom.cluster.identity;

/** Text from outside, made fit for one line of a log. */
public final class Printable {
  private static final int MOST_CHARS = 300;

  private Printable() {}

  /** The text without control characters and double quotes, and not longer than 300 characters. */
  public static String of(String text) {
    StringBuilder printable = new StringBuilder();
    text.chars()
        .limit(MOST_CHARS)
        .forEach(c -> printable.append(c < ' ' || c == 0x7f || c > 0x7e ? '?' : (char) c));
    return printable.toString().replace('"', '\'') + (text.length() > MOST_CHARS ? "..." : "");
  }
}
