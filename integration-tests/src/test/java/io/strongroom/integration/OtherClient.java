package io.strongroom.integration;

import io.strongroom.softhsm.SoftHsmToken;
import java.io.IOException;
import java.io.UncheckedIOException;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.util.List;
import java.util.regex.MatchResult;
import java.util.regex.Pattern;

/**
 * OpenSC's {@code pkcs11-tool}: a PKCS#11 client that is none of ours, and knows nothing of how we
 * look things up.
 */
public final class OtherClient {

  private static final Pattern LABEL = Pattern.compile("(?m)^ +label: +(.*)$");

  private OtherClient() {}

  /** The labels of all objects in a token, each as often as there are objects. */
  public static List<String> labels(SoftHsmToken token) {
    return LABEL
        .matcher(objects(token))
        .results()
        .map((MatchResult m) -> m.group(1).strip())
        .toList();
  }

  /** What it prints of all objects in a token. */
  public static String objects(SoftHsmToken token) {
    try {
      ProcessBuilder builder =
          new ProcessBuilder(
              "pkcs11-tool",
              "--module",
              token.library().toString(),
              "--token-label",
              token.label(),
              "--login",
              "--pin",
              "env:TOKEN_PIN",
              "--list-objects");
      builder.environment().put("SOFTHSM2_CONF", token.conf().toString());
      builder.environment().put("TOKEN_PIN", Files.readString(token.userPin()).strip());
      // It warns there of each value that a token does not give away.
      Process process = builder.redirectError(ProcessBuilder.Redirect.DISCARD).start();
      String output = new String(process.getInputStream().readAllBytes(), StandardCharsets.UTF_8);
      if (process.waitFor() != 0) {
        throw new IllegalStateException("pkcs11-tool cannot read " + token + ": " + output);
      }
      return output;
    } catch (IOException e) {
      throw new UncheckedIOException("pkcs11-tool (Debian package opensc) cannot be run", e);
    } catch (InterruptedException e) {
      Thread.currentThread().interrupt();
      throw new IllegalStateException(e);
    }
  }
}
