package io.strongroom.cluster.identity;

import io.strongroom.hsm.HsmException;
import java.nio.file.Path;
import java.security.GeneralSecurityException;
import java.security.PublicKey;
import java.security.cert.CertPath;
import java.security.cert.CertPathValidator;
import java.security.cert.CertPathValidatorException;
import java.security.cert.CertPathValidatorException.BasicReason;
import java.security.cert.CertificateFactory;
import java.security.cert.PKIXParameters;
import java.security.cert.TrustAnchor;
import java.security.cert.X509Certificate;
import java.time.Clock;
import java.time.Instant;
import java.util.Arrays;
import java.util.Comparator;
import java.util.Date;
import java.util.List;
import java.util.Set;
import org.jspecify.annotations.Nullable;

/**
 * The authorities whose certificates a member accepts, several while one follows another, and what
 * they have revoked. Immutable.
 */
public final class Authorities {
  private static final int DIGITAL_SIGNATURE = 0;
  private static final int NO_AUTHORITY = -1;

  private final List<X509Certificate> certificates;
  private final RevocationLists revoked;
  private final Clock clock;

  private Authorities(List<X509Certificate> certificates, RevocationLists revoked, Clock clock) {
    this.certificates = certificates;
    this.revoked = revoked;
    this.clock = clock;
  }

  /**
   * Reads them from PEM files.
   *
   * @param crl revoked certificates; null for none
   * @throws HsmException.BadInput if a file cannot be read or is not what it should be
   */
  public static Authorities read(Path ca, @Nullable Path crl, Clock clock) {
    List<X509Certificate> certificates = Pem.readCertificates(ca);
    return new Authorities(
        certificates,
        crl == null ? RevocationLists.NONE : RevocationLists.read(crl, certificates),
        clock);
  }

  /** When the list of revoked certificates is out of date; null if there is none. */
  public @Nullable Instant listsEnd() {
    return revoked.nextUpdate();
  }

  /** When the first of the authorities' own certificates ends. */
  public Instant authoritiesEnd() {
    return certificates.stream()
        .map(c -> c.getNotAfter().toInstant())
        .min(Comparator.naturalOrder())
        .orElseThrow();
  }

  /**
   * Checks a peer's certificate, now: from one of the authorities, in its time, for this purpose,
   * not revoked.
   *
   * @param chain the certificate first, then those between it and its authority
   * @throws PeerRefused if it is not accepted
   */
  public void check(List<X509Certificate> chain, Purpose purpose) throws PeerRefused {
    X509Certificate leaf = chain.getFirst();
    if (leaf.getBasicConstraints() != NO_AUTHORITY) {
      throw new PeerRefused(
          Refusal.WRONG_PURPOSE,
          describe(leaf) + " is the certificate of an authority; use a member's own");
    }
    List<X509Certificate> path = withoutAuthorities(chain);
    X509Certificate authority = authorityOf(leaf, path.getLast());
    Instant now = clock.instant();
    validate(path, authority, now);
    checkPurpose(leaf, purpose);
    for (int i = 0; i < path.size(); i++) {
      PublicKey issuer = (i + 1 < path.size() ? path.get(i + 1) : authority).getPublicKey();
      revoked.check(path.get(i), issuer, now);
    }
  }

  private List<X509Certificate> withoutAuthorities(List<X509Certificate> chain) {
    return chain.stream()
        .filter(c -> c.equals(chain.getFirst()) || !certificates.contains(c))
        .toList();
  }

  private X509Certificate authorityOf(X509Certificate leaf, X509Certificate last)
      throws PeerRefused {
    for (X509Certificate candidate : certificates) {
      if (last.getIssuerX500Principal().equals(candidate.getSubjectX500Principal())
          && isSignedBy(last, candidate.getPublicKey())) {
        return candidate;
      }
    }
    boolean selfSigned = isSignedBy(leaf, leaf.getPublicKey());
    throw new PeerRefused(
        Refusal.WRONG_AUTHORITY,
        "its certificate is not from this cluster's authority: "
            + describe(leaf)
            + (selfSigned
                ? " is self-signed"
                : " is from " + Printable.of(last.getIssuerX500Principal().getName()))
            + "; check tls.ca on both sides, and the address");
  }

  private static boolean isSignedBy(X509Certificate certificate, PublicKey key) {
    try {
      certificate.verify(key);
      return true;
    } catch (GeneralSecurityException _) {
      return false;
    }
  }

  private static void validate(List<X509Certificate> path, X509Certificate authority, Instant now)
      throws PeerRefused {
    X509Certificate leaf = path.getFirst();
    try {
      CertPath certPath = CertificateFactory.getInstance("X.509").generateCertPath(path);
      PKIXParameters parameters = new PKIXParameters(Set.of(new TrustAnchor(authority, null)));
      parameters.setRevocationEnabled(false);
      parameters.setDate(Date.from(now));
      CertPathValidator.getInstance("PKIX").validate(certPath, parameters);
    } catch (CertPathValidatorException e) {
      throw refused(leaf, e);
    } catch (GeneralSecurityException e) {
      throw new PeerRefused(Refusal.WRONG_AUTHORITY, describe(leaf) + ": " + e.getMessage(), e);
    }
  }

  private static PeerRefused refused(X509Certificate leaf, CertPathValidatorException e) {
    if (e.getReason() == BasicReason.EXPIRED) {
      return new PeerRefused(
          Refusal.EXPIRED,
          "its certificate is expired: %s was good until %s; put a new one in its place"
              .formatted(describe(leaf), leaf.getNotAfter().toInstant()),
          e);
    }
    if (e.getReason() == BasicReason.NOT_YET_VALID) {
      return new PeerRefused(
          Refusal.NOT_YET_VALID,
          "its certificate is not good yet: %s is from %s on; check the clocks of both machines"
              .formatted(describe(leaf), leaf.getNotBefore().toInstant()),
          e);
    }
    return new PeerRefused(
        Refusal.WRONG_AUTHORITY,
        describe(leaf) + " does not lead to this cluster's authority: " + e.getMessage(),
        e);
  }

  private static void checkPurpose(X509Certificate leaf, Purpose purpose) throws PeerRefused {
    List<String> purposes;
    try {
      purposes = leaf.getExtendedKeyUsage();
    } catch (GeneralSecurityException e) {
      throw new PeerRefused(Refusal.WRONG_PURPOSE, describe(leaf) + " is malformed", e);
    }
    boolean[] usage = leaf.getKeyUsage();
    if ((purposes != null && !purposes.contains(purpose.keyPurposeId()))
        || (usage != null && !usage[DIGITAL_SIGNATURE])) {
      throw new PeerRefused(
          Refusal.WRONG_PURPOSE,
          "its certificate has another purpose: %s is not for %s; use one that is"
              .formatted(describe(leaf), purpose.words()));
    }
  }

  /** The identity, or what stands for it, and the serial number by which it can be revoked. */
  static String describe(X509Certificate certificate) {
    String name;
    try {
      name = SpiffeId.of(certificate).toString();
    } catch (HsmException.BadInput _) {
      name = Printable.of(certificate.getSubjectX500Principal().getName());
    }
    return name + " (serial " + certificate.getSerialNumber().toString(16) + ")";
  }

  @Override
  public String toString() {
    return Arrays.toString(
        certificates.stream().map(c -> c.getSubjectX500Principal().getName()).toArray());
  }
}
