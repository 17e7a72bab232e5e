package io.strongroom.cluster.node;

import io.strongroom.hsm.Hsm;
import io.strongroom.hsm.HsmException;
import java.io.IOException;
import java.net.URLDecoder;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.attribute.BasicFileAttributes;
import java.util.regex.Matcher;
import java.util.regex.Pattern;

/**
 * Opens a node's token, unless the token refused this PIN already. Tokens lock themselves after a
 * few wrong PINs, and what supervises processes starts a node again and again: so a refusal is
 * written down, and holds until the file that the PIN comes from is another one.
 */
final class PinGuard {
  private static final String NAME = "pin-refused";
  private static final String PIN_INCORRECT = "CKR_PIN_INCORRECT";
  private static final Pattern SOURCE = Pattern.compile("[?&]pin-source=([^&]*)");

  private final Path marker;
  private final String hsm;

  /**
   * @param folder where the node may write
   * @param hsm the token's URL
   */
  PinGuard(Path folder, String hsm) {
    this.marker = folder.resolve(NAME);
    this.hsm = hsm;
  }

  /**
   * Opens the token.
   *
   * @throws HsmException.AccessDenied if the token refuses the PIN, or has refused it before
   */
  Hsm open() {
    String stamp = stamp();
    if (stamp.equals(refused())) {
      throw new HsmException.AccessDenied(
          "the token refused this PIN before, and is not asked again so that it does not lock itself;"
              + " put the right PIN where pin-source says, or delete "
              + marker
              + " to try once more");
    }
    try {
      Hsm opened = Hsm.open(hsm);
      DurableFiles.delete(marker);
      return opened;
    } catch (HsmException.AccessDenied e) {
      if (e.answer() != null && e.answer().returnName().equals(PIN_INCORRECT)) {
        DurableFiles.write(marker, stamp.getBytes(StandardCharsets.UTF_8));
      }
      throw e;
    }
  }

  private String refused() {
    try {
      return Files.readString(marker);
    } catch (IOException _) {
      return "";
    }
  }

  /** Tells one state of the PIN's file from another, without reading it. */
  private String stamp() {
    Matcher matcher = SOURCE.matcher(hsm);
    String source =
        matcher.find() ? URLDecoder.decode(matcher.group(1), StandardCharsets.UTF_8) : "none";
    if (source.startsWith("env:")) {
      return source;
    }
    Path file = Path.of(source.startsWith("file:") ? source.substring("file:".length()) : source);
    try {
      BasicFileAttributes found = Files.readAttributes(file, BasicFileAttributes.class);
      return file + " " + found.lastModifiedTime() + " " + found.size() + " " + found.fileKey();
    } catch (IOException _) {
      return file + " cannot be read";
    }
  }
}
