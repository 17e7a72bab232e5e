package io.strongroom.cluster.node;

import io.strongroom.cluster.identity.Authorities;
import io.strongroom.cluster.identity.Pem;
import io.strongroom.cluster.identity.TlsFiles;
import java.time.Clock;
import java.time.Duration;
import java.time.Instant;
import java.util.HashMap;
import java.util.Map;
import org.jspecify.annotations.Nullable;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/** Warns in time before a certificate or a list of revoked ones ends. For one thread at a time. */
final class CertificateWatch {
  private static final Logger LOG = LoggerFactory.getLogger(CertificateWatch.class);
  private static final Duration NOTICE = Duration.ofDays(7);
  private static final Duration AGAIN = Duration.ofDays(1);

  private final Clock clock;
  private final Map<String, Instant> ends = new HashMap<>();
  private final Map<String, Instant> warned = new HashMap<>();

  CertificateWatch(Clock clock) {
    this.clock = clock;
  }

  /** The files as they are now. */
  void renewed(TlsFiles files, Authorities authorities) {
    ends.clear();
    warned.clear();
    ends.put("certificate", Pem.readCertificate(files.certificate()).getNotAfter().toInstant());
    ends.put("ca", authorities.authoritiesEnd());
    @Nullable Instant listsEnd = authorities.listsEnd();
    if (listsEnd != null) {
      ends.put("crl", listsEnd);
    }
  }

  /** Looks at the clock. */
  void look() {
    Instant now = clock.instant();
    ends.forEach((what, end) -> {
      Instant last = warned.getOrDefault(what, Instant.EPOCH);
      if (now.isAfter(end.minus(NOTICE)) && now.isAfter(last.plus(AGAIN))) {
        warned.put(what, now);
        LOG.warn(
            "event={} file={} at={} action=\"put a new one in its place\"",
            now.isAfter(end) ? "tls_expired" : "tls_expires_soon",
            what,
            end);
      }
    });
  }
}
