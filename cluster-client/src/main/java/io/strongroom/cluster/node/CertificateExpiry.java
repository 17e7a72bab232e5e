package io.strongroom.cluster.node;

import io.strongroom.cluster.identity.Pem;
import io.strongroom.hsm.HsmException;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.attribute.FileTime;
import org.jspecify.annotations.Nullable;

/** Until when a certificate's file is good, read anew when it changes. Safe for many threads. */
final class CertificateExpiry {
  private static final long UNKNOWN = 0;

  private final Path file;
  private volatile @Nullable Known known;

  private record Known(FileTime modified, long millis) {}

  CertificateExpiry(Path file) {
    this.file = file;
  }

  /** Unix time; 0 where the file cannot be read now. */
  long millis() {
    try {
      FileTime modified = Files.getLastModifiedTime(file);
      Known last = known;
      if (last == null || !last.modified().equals(modified)) {
        last = new Known(modified, Pem.readCertificate(file).getNotAfter().getTime());
        known = last;
      }
      return last.millis();
    } catch (IOException | HsmException.BadInput e) {
      return UNKNOWN;
    }
  }
}
