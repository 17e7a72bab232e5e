package io.strongroom.hsm.pkcs11;

import static java.lang.foreign.ValueLayout.ADDRESS;
import static java.lang.foreign.ValueLayout.JAVA_BYTE;
import static java.lang.foreign.ValueLayout.JAVA_LONG;

import java.io.ByteArrayInputStream;
import java.lang.foreign.MemorySegment;
import java.security.NoSuchProviderException;
import java.security.PublicKey;
import java.security.cert.CertificateException;
import java.security.cert.CertificateFactory;
import java.util.List;
import org.jspecify.annotations.Nullable;

/**
 * What certificates tell of private keys that have no label, tell no more than their curve, and
 * have no public key object beside them: SunPKCS11 and {@code keytool} leave them so.
 */
final class CertifiedKeys {
  private static final long MOST_BYTES = 64 * 1024;

  private CertifiedKeys() {}

  /** The public key of the certificate with the key's {@code CKA_ID}; null if there is none. */
  static @Nullable PublicKey find(Session session, KeyName name) {
    List<Long> certificates = certificates(session, name);
    return certificates.isEmpty() ? null : publicKey(value(session, certificates.getFirst()));
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

  private static @Nullable PublicKey publicKey(byte[] encoded) {
    try {
      // By name: the first provider in the list may be the one that stands on this Hsm.
      return CertificateFactory.getInstance("X.509", "SUN")
          .generateCertificate(new ByteArrayInputStream(encoded))
          .getPublicKey();
    } catch (CertificateException | NoSuchProviderException _) {
      return null;
    }
  }

  // Asked twice: for its size, and with room for it.
  private static byte[] value(Session session, long certificate) {
    MemorySegment query = session.memory().allocate(Template.ATTRIBUTE_BYTES, 8);
    query.set(JAVA_LONG, 0, Ck.CKA_VALUE);
    query.set(ADDRESS, 8, MemorySegment.NULL);
    query.set(JAVA_LONG, 16, 0);
    long answer = session.functions().getAttributeValue(session.handle(), certificate, query, 1);
    long bytes = query.get(JAVA_LONG, 16);
    if (answer != 0 || bytes <= 0 || bytes > MOST_BYTES) {
      return new byte[0];
    }
    MemorySegment room = session.memory().allocate(bytes, 8);
    query.set(ADDRESS, 8, room);
    answer = session.functions().getAttributeValue(session.handle(), certificate, query, 1);
    return answer == 0 ? room.toArray(JAVA_BYTE) : new byte[0];
  }
}
