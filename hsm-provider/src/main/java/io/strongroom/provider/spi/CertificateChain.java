package io.strongroom.provider.spi;

import io.strongroom.hsm.CertificateFilter;
import io.strongroom.hsm.Hsm;
import io.strongroom.hsm.HsmCertificate;
import io.strongroom.hsm.KeyInfo;
import java.security.GeneralSecurityException;
import java.security.KeyStoreException;
import java.security.PublicKey;
import java.security.cert.Certificate;
import java.security.cert.X509Certificate;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.Comparator;
import java.util.List;
import org.jspecify.annotations.Nullable;

/**
 * Certificate chains (RFC 5280 §6.1): read from what the HSM keeps, and checked before they are
 * stored. A chain goes from the key's own certificate to its issuers, each of which signed the one
 * before.
 */
final class CertificateChain {

  /** The greatest length: more would be a loop, or an attack. */
  private static final int MAX_LENGTH = 16;

  // A CA's answer is preferred to what the key signed itself, and a newer one to an older; there
  // are two while one replaces the other.
  private static final Comparator<X509Certificate> BEST =
      Comparator.<X509Certificate, Boolean>comparing(certificate -> !isSelfIssued(certificate))
          .thenComparing(X509Certificate::getNotBefore);

  private CertificateChain() {}

  /** The key's own certificate and its issuers, as far as the HSM keeps them; may be empty. */
  static List<X509Certificate> of(Hsm hsm, KeyInfo key) {
    List<X509Certificate> chain = new ArrayList<>();
    X509Certificate next = leaf(hsm, key);
    while (next != null && chain.size() < MAX_LENGTH && !chain.contains(next)) {
      chain.add(next);
      next = isSelfIssued(next) && signed(next, next) ? null : issuer(hsm, next);
    }
    return chain;
  }

  /** The key's own certificate; null if the HSM keeps none. */
  static @Nullable X509Certificate leaf(Hsm hsm, KeyInfo key) {
    return hsm.certificates(new CertificateFilter.OfKey(key.id())).stream()
        .map(HsmCertificate::certificate)
        .filter(certificate -> isOf(certificate, key))
        .max(BEST)
        .orElse(null);
  }

  private static @Nullable X509Certificate issuer(Hsm hsm, X509Certificate issued) {
    return hsm.certificates(new CertificateFilter.Of(issued.getIssuerX500Principal())).stream()
        .map(HsmCertificate::certificate)
        .filter(candidate -> signed(candidate, issued))
        .max(Comparator.comparing(X509Certificate::getNotAfter))
        .orElse(null);
  }

  /** Whether the certificate is for this key pair; so it is taken to be if the key is not shown. */
  static boolean isOf(X509Certificate certificate, KeyInfo key) {
    PublicKey shown = key.publicKey();
    return shown == null
        || Arrays.equals(certificate.getPublicKey().getEncoded(), shown.getEncoded());
  }

  /**
   * The chain that a caller gives for a key.
   *
   * @throws KeyStoreException if it is empty or too long, has anything but X.509 certificates, is
   *     for another key, or a certificate is not signed by the next one
   */
  static List<X509Certificate> checked(Certificate[] given, KeyInfo key) throws KeyStoreException {
    if (given.length == 0 || given.length > MAX_LENGTH) {
      throw new KeyStoreException(
          "a chain has 1 to " + MAX_LENGTH + " certificates, got " + given.length);
    }
    List<X509Certificate> chain = new ArrayList<>();
    for (Certificate certificate : given) {
      chain.add(x509(certificate));
    }
    if (!isOf(chain.getFirst(), key)) {
      throw new KeyStoreException(
          "the first certificate of the chain ("
              + chain.getFirst().getSubjectX500Principal()
              + ") is for another public key than key \""
              + key.label()
              + "\" has; give the one that was issued for this key first");
    }
    for (int i = 1; i < chain.size(); i++) {
      if (!signed(chain.get(i), chain.get(i - 1))) {
        throw new KeyStoreException(
            "certificate "
                + (i + 1)
                + " of the chain ("
                + chain.get(i).getSubjectX500Principal()
                + ") did not sign the one before it; give the chain in order, from the key's own"
                + " certificate to the root");
      }
    }
    return chain;
  }

  /**
   * The given certificate as one of X.509.
   *
   * @throws KeyStoreException if it is none
   */
  static X509Certificate x509(@Nullable Certificate certificate) throws KeyStoreException {
    if (certificate instanceof X509Certificate x509) {
      return x509;
    }
    throw new KeyStoreException(
        (certificate == null ? "no certificate" : "a certificate of type " + certificate.getType())
            + " was given, wanted an X.509 certificate");
  }

  private static boolean isSelfIssued(X509Certificate certificate) {
    return certificate.getSubjectX500Principal().equals(certificate.getIssuerX500Principal());
  }

  private static boolean signed(X509Certificate issuer, X509Certificate issued) {
    if (!issuer.getSubjectX500Principal().equals(issued.getIssuerX500Principal())) {
      return false;
    }
    try {
      issued.verify(issuer.getPublicKey());
      return true;
    } catch (GeneralSecurityException _) {
      return false;
    }
  }
}
