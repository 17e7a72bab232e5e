package io.strongroom.hsm.pkcs11;

import io.strongroom.hsm.KeySpec;
import java.security.PublicKey;
import java.security.cert.CertificateEncodingException;
import java.security.cert.X509Certificate;
import java.util.List;

/**
 * Another application on the same token, which puts public keys there. The waist has no way to do
 * so, but uses such keys.
 */
public final class PublicObjects implements AutoCloseable {
  private final Library library;
  private final Generation generation;

  /** Opens the token; it is logged in to by the {@code Hsm} under test. */
  public PublicObjects(String url) {
    Pkcs11Uri uri = Pkcs11Uri.parse(url);
    library = Library.open(uri.modulePath(), uri.environment());
    generation = new Generation(library.functions(), TokenSlot.find(library, uri), (_, _, _) -> {});
  }

  /** Creates a public key object with the names and usages of a spec. */
  public void create(KeySpec spec, PublicKey key) {
    generation.onControl(session -> session.create(KeyTemplates.publicObject(spec, key)));
  }

  /** Creates a certificate object with this id and label, as other tools store them. */
  public void createCertificate(X509Certificate certificate, byte[] id, String label) {
    createCertificate(certificate, id, label, encoded(certificate));
  }

  /** Creates a certificate object whose value is no certificate. */
  public void createBrokenCertificate(X509Certificate certificate) {
    createCertificate(certificate, new byte[] {2}, "broken", new byte[] {0x30, 1, 0});
  }

  private void createCertificate(
      X509Certificate certificate, byte[] id, String label, byte[] value) {
    Template template =
        new Template()
            .put(Ck.CKA_CLASS, Ck.CKO_CERTIFICATE)
            .put(Ck.CKA_CERTIFICATE_TYPE, Ck.CKC_X_509)
            .put(Ck.CKA_TOKEN, true)
            .put(Ck.CKA_PRIVATE, false)
            .put(Ck.CKA_ID, id)
            .put(Ck.CKA_LABEL, label)
            .put(Ck.CKA_SUBJECT, certificate.getSubjectX500Principal().getEncoded())
            .put(Ck.CKA_VALUE, value);
    generation.onControl(session -> session.create(template));
  }

  private static byte[] encoded(X509Certificate certificate) {
    try {
      return certificate.getEncoded();
    } catch (CertificateEncodingException e) {
      throw new IllegalArgumentException(e);
    }
  }

  /** The labels of the certificates that can be seen here. */
  public List<String> certificateLabels() {
    return generation.onControl(session ->
        session.find(new Template().put(Ck.CKA_CLASS, Ck.CKO_CERTIFICATE)).stream()
            .map(handle -> Attributes.read(session, handle, Ck.CKA_LABEL).text(Ck.CKA_LABEL))
            .toList());
  }

  @Override
  public void close() {
    generation.close();
    library.close();
  }
}
