package io.strongroom.cluster.identity;

import io.strongroom.hsm.HsmException;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.security.GeneralSecurityException;
import java.security.MessageDigest;
import java.util.HexFormat;

/**
 * What a member's PEM files held at one moment, to find out that they changed. Immutable.
 *
 * @param digest SHA-256 over the files' digests, hexadecimal
 */
public record TlsSnapshot(String digest) {
  /** Equal to no snapshot of files. */
  public static final TlsSnapshot NONE = new TlsSnapshot("");

  /**
   * The files as they are now.
   *
   * @throws HsmException.BadInput if one cannot be read
   */
  public static TlsSnapshot of(TlsFiles files) {
    try {
      MessageDigest all = MessageDigest.getInstance("SHA-256");
      for (Path file : files.all()) {
        all.update(MessageDigest.getInstance("SHA-256").digest(Files.readAllBytes(file)));
      }
      return new TlsSnapshot(HexFormat.of().formatHex(all.digest()));
    } catch (IOException e) {
      throw new HsmException.BadInput("cannot read a certificate or key: " + e.getMessage(), e);
    } catch (GeneralSecurityException e) {
      throw new IllegalStateException("this JDK has no SHA-256", e);
    }
  }
}
