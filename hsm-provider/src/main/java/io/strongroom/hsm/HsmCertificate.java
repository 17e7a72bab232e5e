package io.strongroom.hsm;

import java.security.cert.CertificateEncodingException;
import java.security.cert.X509Certificate;

/**
 * An X.509 certificate that the device keeps (PKCS#11 v2.40 §4.6.3). Immutable.
 *
 * @param id the id of the key pair that it belongs to, or its own
 * @param label the label; for a certificate that other tools stored without one, its subject
 * @param certificate the certificate
 * @param trusted true if it is a trust anchor: it is kept as a private object, which only someone
 *     who had logged in can have put there, or the security officer marked it {@code CKA_TRUSTED}.
 *     Others are public objects; a device lets anyone who reaches it store those, without a PIN
 */
public record HsmCertificate(KeyId id, String label, X509Certificate certificate, boolean trusted) {

  /** The greatest length of an encoded certificate in bytes. */
  public static final int MAX_BYTES = 64 * 1024;

  /** A certificate that is no trust anchor: a key's own, or an issuer's. */
  public HsmCertificate(KeyId id, String label, X509Certificate certificate) {
    this(id, label, certificate, false);
  }

  /**
   * The certificate's encoding (X.509, DER).
   *
   * @throws HsmException.BadInput if it has none, or is longer than {@link #MAX_BYTES}
   */
  public byte[] encoded() {
    byte[] der;
    try {
      der = certificate.getEncoded();
    } catch (CertificateEncodingException e) {
      throw new HsmException.BadInput(
          "certificate \"" + label + "\" has no encoding: " + e.getMessage(), e);
    }
    if (der.length > MAX_BYTES) {
      throw new HsmException.BadInput(
          "certificate \""
              + label
              + "\" has "
              + der.length
              + " bytes, at most "
              + MAX_BYTES
              + " can be kept");
    }
    return der;
  }

  /** Tells id, label and subject. */
  @Override
  public String toString() {
    return "certificate \""
        + label
        + "\" ("
        + id
        + ", "
        + certificate.getSubjectX500Principal()
        + (trusted ? ", trusted)" : ")");
  }
}
