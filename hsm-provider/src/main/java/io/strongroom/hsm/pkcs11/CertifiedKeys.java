package io.strongroom.hsm.pkcs11;

import java.security.PublicKey;
import java.util.List;
import org.jspecify.annotations.Nullable;

/**
 * What certificates tell of private keys that have no label, tell no more than their curve, and
 * have no public key object beside them: SunPKCS11 and {@code keytool} leave them so.
 */
final class CertifiedKeys {
  private CertifiedKeys() {}

  /** The public key of the certificate with the key's {@code CKA_ID}; null if there is none. */
  static @Nullable PublicKey find(Session session, KeyName name) {
    List<Long> certificates = certificates(session, name);
    return certificates.isEmpty() ? null : publicKey(session, certificates.getFirst());
  }

  /** The label of the certificate with the key's {@code CKA_ID}; empty if there is none. */
  static String label(Session session, KeyName name) {
    List<Long> certificates = certificates(session, name);
    return certificates.isEmpty()
        ? ""
        : Attributes.read(session, certificates.getFirst(), Ck.CKA_LABEL).text(Ck.CKA_LABEL);
  }

  private static List<Long> certificates(Session session, KeyName name) {
    return name.stored().length == 0
        ? List.of()
        : session.find(
            new Template().put(Ck.CKA_CLASS, Ck.CKO_CERTIFICATE).put(Ck.CKA_ID, name.stored()));
  }

  private static @Nullable PublicKey publicKey(Session session, long certificate) {
    CertificateReader.CertificateObject object = CertificateReader.read(session, certificate);
    return object == null ? null : object.certificate().certificate().getPublicKey();
  }
}
