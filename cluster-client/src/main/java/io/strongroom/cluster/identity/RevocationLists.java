package io.strongroom.cluster.identity;

import io.strongroom.hsm.HsmException;
import java.io.IOException;
import java.io.InputStream;
import java.nio.file.Files;
import java.nio.file.NoSuchFileException;
import java.nio.file.Path;
import java.security.GeneralSecurityException;
import java.security.PublicKey;
import java.security.cert.CRL;
import java.security.cert.CRLException;
import java.security.cert.CertificateException;
import java.security.cert.CertificateFactory;
import java.security.cert.X509CRL;
import java.security.cert.X509CRLEntry;
import java.security.cert.X509Certificate;
import java.time.Instant;
import java.util.ArrayList;
import java.util.Collection;
import java.util.Comparator;
import java.util.List;
import org.jspecify.annotations.Nullable;

/**
 * What authorities have revoked (RFC 5280 §5). Whoever gives a list wants it obeyed: where it is
 * out of date or says nothing of a certificate's authority, the certificate is refused. Immutable.
 */
final class RevocationLists {
  /** No list was given: nothing is revoked. */
  static final RevocationLists NONE = new RevocationLists("", List.of());

  private final String name;
  private final List<X509CRL> lists;

  private RevocationLists(String name, List<X509CRL> lists) {
    this.name = name;
    this.lists = lists;
  }

  /**
   * Reads one or more lists.
   *
   * @param authorities whose lists may be in the file
   * @throws HsmException.BadInput if it cannot be read, has none, or has one that none of the
   *     authorities signed or that this class cannot judge by
   */
  static RevocationLists read(Path file, List<X509Certificate> authorities) {
    List<X509CRL> lists = new ArrayList<>();
    try (InputStream in = Files.newInputStream(file)) {
      Collection<? extends CRL> found = CertificateFactory.getInstance("X.509").generateCRLs(in);
      for (CRL crl : found) {
        lists.add(checked((X509CRL) crl, file, authorities));
      }
    } catch (IOException | CertificateException | CRLException e) {
      throw new HsmException.BadInput(
          "cannot read revoked certificates from %s: %s; give a CRL in PEM"
              .formatted(
                  file,
                  e instanceof NoSuchFileException ? "there is no such file" : e.getMessage()),
          e);
    }
    if (lists.isEmpty()) {
      throw new HsmException.BadInput(file + " has no CRL; give one in PEM, or take tls.crl out");
    }
    return new RevocationLists(file.toString(), List.copyOf(lists));
  }

  private static X509CRL checked(X509CRL list, Path file, List<X509Certificate> authorities) {
    if (authorities.stream().noneMatch(a -> isFrom(list, a.getPublicKey()))) {
      throw new HsmException.BadInput(
          file + " has a CRL that no authority in tls.ca has signed; give this cluster's CRL");
    }
    if (list.getNextUpdate() == null || list.hasUnsupportedCriticalExtension()) {
      throw new HsmException.BadInput(
          file + " has a CRL that does not end, or is only part of one; give a full one");
    }
    return list;
  }

  private static boolean isFrom(X509CRL list, PublicKey authority) {
    try {
      list.verify(authority);
      return true;
    } catch (GeneralSecurityException _) {
      return false;
    }
  }

  /** When the first of the lists is out of date; null if there is none. */
  @Nullable Instant nextUpdate() {
    return lists.stream()
        .map(list -> list.getNextUpdate().toInstant())
        .min(Comparator.naturalOrder())
        .orElse(null);
  }

  /**
   * Checks one certificate.
   *
   * @param authority whose signature it bears
   * @throws PeerRefused if it is revoked, or nobody can say
   */
  void check(X509Certificate certificate, PublicKey authority, Instant now) throws PeerRefused {
    if (this == NONE) {
      return;
    }
    String who = Authorities.describe(certificate);
    X509CRL newest =
        lists.stream()
            .filter(list -> isFrom(list, authority))
            .max(Comparator.comparing(X509CRL::getNextUpdate))
            .orElseThrow(() ->
                new PeerRefused(
                    Refusal.REVOCATION_UNKNOWN,
                    name
                        + " has no list of the authority that issued "
                        + who
                        + "; add its CRL, as one is given for others"));
    X509CRLEntry entry = newest.getRevokedCertificate(certificate);
    if (entry != null) {
      throw new PeerRefused(
          Refusal.REVOKED,
          who
              + " was revoked at "
              + entry.getRevocationDate().toInstant()
              + "; issue a new certificate if its holder is to come back");
    }
    if (now.isAfter(newest.getNextUpdate().toInstant())) {
      throw new PeerRefused(
          Refusal.REVOCATION_UNKNOWN,
          "%s is out of date since %s, so that nobody can say whether %s is revoked; put a new CRL in its place"
              .formatted(name, newest.getNextUpdate().toInstant(), who));
    }
  }
}
