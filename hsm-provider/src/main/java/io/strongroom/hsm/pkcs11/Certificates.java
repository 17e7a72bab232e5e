package io.strongroom.hsm.pkcs11;

import io.strongroom.hsm.CertificateFilter;
import io.strongroom.hsm.HsmCertificate;
import io.strongroom.hsm.HsmException;
import io.strongroom.hsm.KeyId;
import io.strongroom.hsm.KeySpec;
import io.strongroom.hsm.pkcs11.CertificateReader.CertificateObject;
import java.security.cert.X509Certificate;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;
import javax.security.auth.x500.X500Principal;

/** The token's certificate objects. */
final class Certificates {
  private Certificates() {}

  /** As {@link io.strongroom.hsm.Hsm#certificates} says. */
  static List<HsmCertificate> list(Session session, CertificateFilter filter) {
    return find(session, filter).stream().map(CertificateObject::certificate).toList();
  }

  /** As {@link io.strongroom.hsm.Hsm#storeCertificate} says. */
  static void store(Session session, HsmCertificate wanted) {
    List<CertificateObject> present = ofId(session, wanted.id());
    if (present.stream().noneMatch(object -> same(object, wanted))) {
      if (!present.isEmpty()) {
        throw new HsmException.KeyExists(
            "the id "
                + wanted.id()
                + " has "
                + present.getFirst().certificate()
                + " in token \""
                + session.generation().slot().label()
                + "\" already; nothing was overwritten: replace it, or delete it first");
      }
      create(session, wanted);
    }
  }

  /** As {@link io.strongroom.hsm.Hsm#replaceCertificate} says. */
  static void replace(Session session, HsmCertificate wanted) {
    List<CertificateObject> present = ofId(session, wanted.id());
    if (present.stream().noneMatch(object -> same(object, wanted))) {
      create(session, wanted);
    }
    present.stream()
        .filter(object -> !same(object, wanted))
        .forEach(object -> session.destroy(object.handle()));
  }

  /** As {@link io.strongroom.hsm.Hsm#deleteCertificate} says. */
  static void delete(Session session, HsmCertificate unwanted) {
    List<CertificateObject> present =
        find(session, new CertificateFilter.Of(subject(unwanted))).stream()
            .filter(object -> same(object, unwanted))
            .toList();
    if (present.isEmpty()) {
      throw new HsmException.KeyNotFound(
          "there is no "
              + unwanted
              + " in token \""
              + session.generation().slot().label()
              + "\"; take it from a fresh list");
    }
    present.forEach(object -> session.destroy(object.handle()));
  }

  private static X500Principal subject(HsmCertificate certificate) {
    return certificate.certificate().getSubjectX500Principal();
  }

  private static List<CertificateObject> ofId(Session session, KeyId id) {
    return find(session, new CertificateFilter.OfKey(id));
  }

  private static List<CertificateObject> find(Session session, CertificateFilter filter) {
    // Anchors are private objects: without the login they would be missing without a word.
    session.generation().requireLogin(session);
    Template template = new Template().put(Ck.CKA_CLASS, Ck.CKO_CERTIFICATE);
    Template wanted =
        switch (filter) {
          case CertificateFilter.All _ -> template;
          case CertificateFilter.OfKey(KeyId id) ->
              template.put(Ck.CKA_ID, KeyDirectory.storedId(session, id));
          case CertificateFilter.Labelled(String label) -> template.put(Ck.CKA_LABEL, label);
          // RFC 5280 §4.1.2.6: a CA's subject is encoded as the issuer of what it issues.
          case CertificateFilter.Of(var subject) ->
              template.put(Ck.CKA_SUBJECT, subject.getEncoded());
        };
    return read(session, session.find(wanted));
  }

  // Another session or process may destroy an object between finding and reading it.
  private static List<CertificateObject> read(Session session, List<Long> handles) {
    List<CertificateObject> objects = new ArrayList<>();
    for (long handle : handles) {
      try {
        CertificateObject object = CertificateReader.read(session, handle);
        if (object != null) {
          objects.add(object);
        }
      } catch (CkException e) {
        if (!e.code().handleStale()) {
          throw e;
        }
      }
    }
    return objects;
  }

  private static boolean same(CertificateObject object, HsmCertificate wanted) {
    HsmCertificate present = object.certificate();
    return present.id().equals(wanted.id())
        && present.label().equals(wanted.label())
        && present.trusted() == wanted.trusted()
        && Arrays.equals(object.encoded(), wanted.encoded());
  }

  private static void create(Session session, HsmCertificate wanted) {
    Template template = template(wanted, KeyDirectory.storedId(session, wanted.id()));
    requireFreeLabel(session, wanted);
    long handle = session.create(template);
    boolean kept = false;
    try {
      CertificateObject made = CertificateReader.read(session, handle);
      kept = made != null && same(made, wanted);
      if (!kept) {
        throw new HsmException.DeviceUnavailable(
            "the device kept "
                + (made == null ? "no certificate" : made.certificate())
                + " where "
                + wanted
                + " was asked for; it was removed again — the device does not support this");
      }
      requireFreeLabel(session, wanted);
    } catch (HsmException.KeyExists e) {
      kept = false;
      throw e;
    } finally {
      if (!kept) {
        session.destroyQuietly(handle);
      }
    }
  }

  // An anchor's label is its name in the key store, so no other anchor or key may have it.
  private static void requireFreeLabel(Session session, HsmCertificate wanted) {
    if (!wanted.trusted()) {
      return;
    }
    boolean taken =
        find(session, new CertificateFilter.Labelled(wanted.label())).stream()
            .anyMatch(object ->
                object.certificate().trusted() && !object.certificate().id().equals(wanted.id()));
    if (taken || !KeyDirectory.idsWithLabel(session, wanted.label()).isEmpty()) {
      throw new HsmException.KeyExists(
          "token \""
              + session.generation().slot().label()
              + "\" has a key or trusted certificate \""
              + wanted.label()
              + "\" already; nothing was overwritten: choose another label, or delete that");
    }
  }

  private static Template template(HsmCertificate wanted, byte[] storedId) {
    X509Certificate certificate = wanted.certificate();
    KeySpec.requireLabel(wanted.label());
    return new Template()
        .put(Ck.CKA_CLASS, Ck.CKO_CERTIFICATE)
        .put(Ck.CKA_CERTIFICATE_TYPE, Ck.CKC_X_509)
        .put(Ck.CKA_TOKEN, true)
        .put(Ck.CKA_PRIVATE, wanted.trusted())
        .put(Ck.CKA_LABEL, wanted.label())
        .put(Ck.CKA_ID, storedId)
        .put(Ck.CKA_SUBJECT, certificate.getSubjectX500Principal().getEncoded())
        .put(Ck.CKA_ISSUER, certificate.getIssuerX500Principal().getEncoded())
        .put(
            Ck.CKA_SERIAL_NUMBER, Der.tlv(Der.INTEGER, certificate.getSerialNumber().toByteArray()))
        .put(Ck.CKA_VALUE, wanted.encoded());
  }
}
