package io.strongroom.hsm.pkcs11;

import io.strongroom.hsm.HsmCertificate;
import io.strongroom.hsm.KeyId;
import java.io.ByteArrayInputStream;
import java.security.GeneralSecurityException;
import java.security.MessageDigest;
import java.security.PublicKey;
import java.security.cert.CertificateException;
import java.security.cert.CertificateFactory;
import java.security.cert.X509Certificate;
import java.util.Arrays;
import org.jspecify.annotations.Nullable;

/** Reads certificate objects (PKCS#11 v2.40 §4.6.3). */
final class CertificateReader {
  private static final long[] TYPES = {
    Ck.CKA_CLASS,
    Ck.CKA_CERTIFICATE_TYPE,
    Ck.CKA_TOKEN,
    Ck.CKA_PRIVATE,
    Ck.CKA_TRUSTED,
    Ck.CKA_ID,
    Ck.CKA_LABEL
  };

  private CertificateReader() {}

  /**
   * A certificate and its object.
   *
   * @param handle the object's handle
   * @param certificate what it holds
   * @param encoded the certificate's encoding
   */
  record CertificateObject(long handle, HsmCertificate certificate, byte[] encoded) {}

  /** Reads an object; null if it is no X.509 certificate of this token, or cannot be parsed. */
  static @Nullable CertificateObject read(Session session, long handle) {
    Attributes attributes = Attributes.read(session, handle, TYPES);
    if (attributes.number(Ck.CKA_CLASS) != Ck.CKO_CERTIFICATE
        || attributes.number(Ck.CKA_CERTIFICATE_TYPE) != Ck.CKC_X_509
        || attributes.isFalse(Ck.CKA_TOKEN)) {
      return null;
    }
    byte[] der = Attributes.readOne(session, handle, Ck.CKA_VALUE, HsmCertificate.MAX_BYTES);
    X509Certificate parsed = der == null ? null : parse(der);
    if (der == null || parsed == null) {
      return null;
    }
    boolean trusted = attributes.isTrue(Ck.CKA_PRIVATE) || attributes.isTrue(Ck.CKA_TRUSTED);
    String label = attributes.text(Ck.CKA_LABEL);
    return new CertificateObject(
        handle,
        new HsmCertificate(
            id(attributes.bytes(Ck.CKA_ID), parsed.getPublicKey(), der),
            label.isEmpty() ? parsed.getSubjectX500Principal().getName() : label,
            parsed,
            trusted),
        der);
  }

  // The JDK's own parser by name: the first in the list may be another provider's.
  private static @Nullable X509Certificate parse(byte[] der) {
    try {
      return (X509Certificate)
          CertificateFactory.getInstance("X.509", "SUN")
              .generateCertificate(new ByteArrayInputStream(der));
    } catch (CertificateException _) {
      return null;
    } catch (GeneralSecurityException e) {
      throw new IllegalStateException("this JDK has no X.509 certificates", e);
    }
  }

  // Of the key that it belongs to, whatever tool made both; many CA certificates have none.
  private static KeyId id(byte @Nullable [] stored, PublicKey publicKey, byte[] der) {
    return stored == null || stored.length == 0
        ? ownId(der)
        : KeyName.idOf(stored, PublicKeys.keyType(publicKey));
  }

  private static KeyId ownId(byte[] of) {
    try {
      byte[] digest = MessageDigest.getInstance("SHA-256", "SUN").digest(of);
      return KeyId.of(Arrays.copyOf(digest, KeyId.BYTES));
    } catch (GeneralSecurityException e) {
      throw new IllegalStateException("this JDK has no SHA-256", e);
    }
  }
}
