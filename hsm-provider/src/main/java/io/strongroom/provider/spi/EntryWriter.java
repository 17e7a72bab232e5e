package io.strongroom.provider.spi;

import static java.nio.charset.StandardCharsets.UTF_8;

import io.strongroom.hsm.CertificateFilter;
import io.strongroom.hsm.Hsm;
import io.strongroom.hsm.HsmCertificate;
import io.strongroom.hsm.KeyId;
import io.strongroom.hsm.KeyInfo;
import io.strongroom.hsm.KeySpec;
import java.lang.ref.Reference;
import java.security.InvalidKeyException;
import java.security.Key;
import java.security.KeyStoreException;
import java.security.cert.Certificate;
import java.security.cert.X509Certificate;
import java.util.ArrayList;
import java.util.List;
import org.jspecify.annotations.Nullable;

/**
 * Changes what the key store {@code HSM} shows. A key is never overwritten; its chain is replaced
 * by storing the new certificates before the old one is removed, so that a failure in between
 * leaves a key with a certificate, and a repeat completes it.
 */
final class EntryWriter {

  private final Device device;
  private final StoredEntries entries;

  EntryWriter(Device device) {
    this.device = device;
    this.entries = new StoredEntries(device.hsm());
  }

  /**
   * Gives a key of this device an alias and a chain: a session key becomes a token key, a token
   * key's chain is replaced.
   */
  void setKey(String alias, @Nullable Key key, Certificate @Nullable [] chain)
      throws KeyStoreException {
    requireUsable(alias);
    KeyInfo info = own(alias, key);
    List<X509Certificate> certificates =
        chain == null || chain.length == 0 ? List.of() : CertificateChain.checked(chain, info);
    if (!certificates.isEmpty() && info.type().isSecret()) {
      throw new KeyStoreException("a secret key has no certificate chain; give null");
    }
    requireFree(alias, info);
    if (!info.session() && !info.label().equals(alias)) {
      throw new KeyStoreException(
          "key \""
              + info.label()
              + "\" is a token key and does not get the alias \""
              + alias
              + "\" as well; use the one that it has, or give the label when it is made:"
              + " HsmKeySpec.token(\""
              + alias
              + "\")");
    }
    try {
      JcaExceptions.keyStore(() -> write(alias, info, certificates));
    } finally {
      // A key that nobody named is destroyed with its last object, but not while it is being kept.
      Reference.reachabilityFence(key);
    }
  }

  private KeyInfo own(String alias, @Nullable Key key) throws KeyStoreException {
    if (!(key instanceof LogicalKey)) {
      throw new KeyStoreException(
          "a key in software cannot be put into the HSM in clear as \""
              + alias
              + "\"; make it there with a generator of this provider (keytool: -providername"
              + " Strongroom, and for secret keys jdk.security.provider.preferred), or bring it in"
              + " wrapped with Hsm.unwrap");
    }
    try {
      return device.describe(key);
    } catch (InvalidKeyException e) {
      throw new KeyStoreException(e.getMessage(), e);
    }
  }

  private void requireFree(String alias, KeyInfo info) throws KeyStoreException {
    KeyInfo present = JcaExceptions.unchecked(() -> entries.key(alias));
    if (present != null && !present.id().equals(info.id())) {
      throw new KeyStoreException(
          "there is a key \""
              + alias
              + "\" in "
              + device
              + " already, and it is never overwritten;"
              + " choose another alias, or deleteEntry first");
    }
    if (JcaExceptions.unchecked(() -> entries.anchor(alias)) != null) {
      throw new KeyStoreException(
          "there is a trusted certificate \""
              + alias
              + "\" in "
              + device
              + " already; choose another alias, or deleteEntry first");
    }
  }

  // Certificates before the key: a certificate without a key is public and harms nobody.
  private void write(String alias, KeyInfo info, List<X509Certificate> chain) {
    Hsm hsm = device.hsm();
    List<HsmCertificate> stored = new ArrayList<>();
    boolean done = false;
    try {
      for (X509Certificate issuer : chain.stream().skip(1).toList()) {
        storeIssuer(issuer, stored);
      }
      if (!chain.isEmpty()) {
        HsmCertificate own = new HsmCertificate(info.id(), alias, chain.getFirst());
        if (info.session()) {
          hsm.storeCertificate(own);
          stored.add(own);
        } else {
          hsm.replaceCertificate(own);
        }
      }
      if (info.session()) {
        hsm.keep(info.id(), alias);
      }
      done = true;
    } finally {
      if (!done) {
        stored.forEach(c -> JcaExceptions.quietly(() -> device.hsm().deleteCertificate(c)));
      }
    }
  }

  private void storeIssuer(X509Certificate issuer, List<HsmCertificate> stored) {
    Hsm hsm = device.hsm();
    boolean present =
        hsm.certificates(new CertificateFilter.Of(issuer.getSubjectX500Principal())).stream()
            .anyMatch(c -> c.certificate().equals(issuer));
    if (!present) {
      HsmCertificate added =
          new HsmCertificate(KeyId.of(hsm.random(KeyId.BYTES)), labelOf(issuer), issuer);
      hsm.storeCertificate(added);
      stored.add(added);
    }
  }

  // The subject, for those who look at the token with other tools.
  private static String labelOf(X509Certificate issuer) {
    String subject = issuer.getSubjectX500Principal().getName().replaceAll("\\p{Cntrl}", "?");
    boolean usable =
        !subject.isEmpty() && subject.getBytes(UTF_8).length <= KeySpec.MAX_LABEL_BYTES;
    return usable ? subject : "issuer " + issuer.getSerialNumber().toString(16);
  }

  /** Stores a trust anchor; the same one again changes nothing. */
  void setAnchor(String alias, @Nullable Certificate certificate) throws KeyStoreException {
    requireUsable(alias);
    X509Certificate x509 = CertificateChain.x509(certificate);
    if (JcaExceptions.unchecked(() -> entries.key(alias)) != null) {
      throw new KeyStoreException(
          "\""
              + alias
              + "\" is a key in "
              + device
              + ", not a trusted certificate; choose another"
              + " alias");
    }
    HsmCertificate present = JcaExceptions.unchecked(() -> entries.anchor(alias));
    if (present != null && !present.certificate().equals(x509)) {
      throw new KeyStoreException(
          "there is another trusted certificate \""
              + alias
              + "\" in "
              + device
              + " already, and it is not overwritten; choose another alias, or deleteEntry first");
    }
    if (present == null) {
      JcaExceptions.keyStore(() -> {
        KeyId id = KeyId.of(device.hsm().random(KeyId.BYTES));
        device.hsm().storeCertificate(new HsmCertificate(id, alias, x509, true));
      });
    }
  }

  /** Deletes a key with its own certificates, or a trust anchor; issuers stay, others need them. */
  void delete(String alias) throws KeyStoreException {
    requireUsable(alias);
    KeyInfo key = JcaExceptions.unchecked(() -> entries.key(alias));
    if (key != null) {
      JcaExceptions.keyStore(() -> {
        // Certificates first: if it fails in between, the key is still there to be deleted again.
        device.hsm().certificates(new CertificateFilter.OfKey(key.id())).stream()
            .filter(certificate -> !certificate.trusted())
            .forEach(device.hsm()::deleteCertificate);
        device.hsm().destroy(key.id());
      });
      return;
    }
    HsmCertificate anchor = JcaExceptions.unchecked(() -> entries.anchor(alias));
    if (anchor == null) {
      throw new KeyStoreException(
          "there is no entry \""
              + alias
              + "\" in "
              + device
              + "; check the alias, labels are case sensitive");
    }
    JcaExceptions.keyStore(() -> device.hsm().deleteCertificate(anchor));
  }

  private static void requireUsable(String alias) throws KeyStoreException {
    if (Device.isReserved(alias)) {
      throw new KeyStoreException(
          "labels that begin with strongroom- are Strongroom's own and not changed through the"
              + " JCA, got \""
              + alias
              + "\"; choose another alias");
    }
    JcaExceptions.keyStore(() -> KeySpec.requireLabel(alias));
  }
}
