package io.strongroom.custody;

import io.strongroom.custody.CustodyException.Reason;
import java.util.Map;
import java.util.UUID;
import java.util.regex.Pattern;

/** What names may look like. */
final class Names {

  static final String ALIAS_PREFIX = "alias/";
  private static final Pattern ALIAS = Pattern.compile("alias/[A-Za-z0-9/_-]{1,250}");
  private static final Pattern UUID_TEXT =
      Pattern.compile("[0-9a-fA-F]{8}(-[0-9a-fA-F]{4}){3}-[0-9a-fA-F]{12}");
  private static final Pattern KCV = Pattern.compile("[0-9a-fA-F]{6}");
  private static final int MAX_PRINCIPAL = 256;
  private static final int MAX_REASON = 1024;
  private static final int MAX_DESCRIPTION = 8192;
  private static final int MAX_TAG_NAME = 128;
  private static final int MAX_TAG_VALUE = 256;
  private static final int SHOWN = 64;

  private Names() {}

  static boolean isAlias(String reference) {
    return reference.startsWith(ALIAS_PREFIX);
  }

  static String alias(String name) {
    if (!ALIAS.matcher(name).matches()) {
      throw malformed(
          "an alias is alias/ and 1 to 250 letters, digits, slashes, dashes or underscores", name);
    }
    return name;
  }

  static UUID keyId(String reference) {
    // The pattern first: UUID.fromString takes shortened forms too.
    if (!UUID_TEXT.matcher(reference).matches()) {
      throw malformed("a key is named by its UUID or by an alias (alias/…)", reference);
    }
    return UUID.fromString(reference);
  }

  static String principal(String name) {
    if (name.isBlank() || name.length() > MAX_PRINCIPAL || hasControls(name)) {
      throw malformed(
          "a principal's name has 1 to " + MAX_PRINCIPAL + " characters, no control characters",
          name);
    }
    return name;
  }

  static String reason(String text) {
    if (text.isBlank()
        || text.length() > MAX_REASON
        || text.chars().anyMatch(Character::isISOControl)) {
      throw malformed(
          "a reason has 1 to " + MAX_REASON + " characters, no control characters", text);
    }
    return text;
  }

  static String description(String text) {
    if (text.length() > MAX_DESCRIPTION) {
      throw malformed(
          "a description has at most " + MAX_DESCRIPTION + " characters, not " + text.length(),
          text);
    }
    return text;
  }

  static void tags(Map<String, String> tags) {
    if (tags.size() > KeyService.MAX_TAGS) {
      throw new CustodyException.BadInput(
          Reason.MALFORMED,
          "a key has at most %d tags, not %d".formatted(KeyService.MAX_TAGS, tags.size()));
    }
    tags.forEach((name, value) -> {
      tagName(name);
      if (value.length() > MAX_TAG_VALUE || hasControls(value)) {
        throw malformed(
            "a tag's value has at most " + MAX_TAG_VALUE + " characters, no control characters",
            value);
      }
    });
  }

  static String tagName(String name) {
    if (name.isBlank() || name.length() > MAX_TAG_NAME || hasControls(name)) {
      throw malformed(
          "a tag's name has 1 to " + MAX_TAG_NAME + " characters, no control characters", name);
    }
    return name;
  }

  static String checkValue(String kcv) {
    if (!KCV.matcher(kcv).matches()) {
      // Not repeated: it may be the key itself, pasted into the wrong place.
      throw new CustodyException.BadInput(
          Reason.MALFORMED,
          "a key check value is 6 hexadecimal digits, not %d characters like what was given"
              .formatted(kcv.length()));
    }
    return kcv;
  }

  private static boolean hasControls(String text) {
    return text.chars().anyMatch(Character::isISOControl);
  }

  private static CustodyException malformed(String rule, String got) {
    String shown = got.length() > SHOWN ? got.substring(0, SHOWN) + "…" : got;
    String printable = shown.replaceAll("\\p{Cntrl}", "?");
    return new CustodyException.BadInput(
        Reason.MALFORMED, "\"%s\" will not do: %s".formatted(printable, rule));
  }
}
