package io.strongroom.cli.local;

import io.strongroom.hsm.HsmException;
import java.net.URLEncoder;
import java.nio.charset.StandardCharsets;
import java.nio.file.Path;
import java.util.regex.Matcher;
import java.util.regex.Pattern;

/** Changes {@code pkcs11:} URLs (RFC 7512). */
public final class TokenUrls {
  private static final Pattern PIN_SOURCE = Pattern.compile("([?&]pin-source=)[^&]*");

  private TokenUrls() {}

  /**
   * The same token, opened with another PIN.
   *
   * @param pin the PIN's file
   * @throws HsmException.BadInput if the URL has no {@code pin-source}
   */
  public static String withPin(String url, Path pin) {
    Matcher matcher = PIN_SOURCE.matcher(url);
    if (!matcher.find()) {
      throw new HsmException.BadInput(
          "the node's hsm URL has no pin-source, so no other PIN can take its place; add one");
    }
    String file =
        URLEncoder.encode(pin.toString(), StandardCharsets.UTF_8)
            .replace("%2F", "/")
            .replace("+", "%20");
    return matcher.replaceFirst(Matcher.quoteReplacement(matcher.group(1) + "file:" + file));
  }
}
