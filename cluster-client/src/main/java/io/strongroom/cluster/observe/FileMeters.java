package io.strongroom.cluster.observe;

import io.micrometer.core.instrument.Tags;
import io.strongroom.cluster.identity.Pem;
import io.strongroom.hsm.HsmException;
import java.io.IOException;
import java.io.InputStream;
import java.io.UncheckedIOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.security.GeneralSecurityException;
import java.security.cert.CertificateFactory;
import java.security.cert.X509CRL;
import java.security.cert.X509Certificate;
import java.time.Clock;
import java.time.Duration;
import java.time.Instant;
import java.util.Objects;
import java.util.stream.Stream;
import org.jspecify.annotations.Nullable;

/**
 * Meters of the files that a client or node lives on, read whenever the registry is: files change
 * beside the process. One that cannot be read has no value.
 */
public final class FileMeters {

  private final Meters meters;
  private final Clock clock;

  public FileMeters(Meters meters, Clock clock) {
    this.meters = meters;
    this.clock = clock;
  }

  /** How long a certificate is valid. */
  public void certificate(String file, Path path) {
    meters.gauge(
        "strongroom.certificate.expiry.seconds",
        "How long until the certificate expires; negative afterwards",
        Tags.of("file", file),
        () -> untilExpiry(path));
  }

  private double untilExpiry(Path path) {
    try {
      X509Certificate certificate = Pem.readCertificate(path);
      return secondsUntil(certificate.getNotAfter().toInstant());
    } catch (HsmException e) {
      return Double.NaN;
    }
  }

  /**
   * How long a file of revocation lists is valid: until the first of them is out of date.
   *
   * @param path none: there is no value
   */
  public void revocations(@Nullable Path path) {
    meters.gauge(
        "strongroom.crl.expiry.seconds",
        "How long until the revocation list is out of date; negative afterwards",
        Tags.empty(),
        () -> path == null ? Double.NaN : untilNextUpdate(path));
  }

  private double untilNextUpdate(Path path) {
    try (InputStream file = Files.newInputStream(path)) {
      return CertificateFactory.getInstance("X.509").generateCRLs(file).stream()
          .map(X509CRL.class::cast)
          .map(X509CRL::getNextUpdate)
          .filter(Objects::nonNull)
          .mapToDouble(next -> secondsUntil(next.toInstant()))
          .min()
          .orElse(Double.NaN);
    } catch (IOException | GeneralSecurityException e) {
      return Double.NaN;
    }
  }

  /** How many bytes the files of a folder have. */
  public void folder(String name, String text, Path path) {
    meters.gauge(name, text, Tags.empty(), () -> bytes(path));
  }

  private static double bytes(Path folder) {
    try (Stream<Path> files = Files.list(folder)) {
      return files.mapToLong(FileMeters::size).sum();
    } catch (IOException | UncheckedIOException e) {
      return Double.NaN;
    }
  }

  private static long size(Path file) {
    try {
      return Files.size(file);
    } catch (IOException e) {
      // It has just been renamed or removed.
      return 0;
    }
  }

  private double secondsUntil(Instant instant) {
    return Duration.between(clock.instant(), instant).toSeconds();
  }
}
