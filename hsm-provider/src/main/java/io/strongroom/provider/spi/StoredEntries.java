package io.strongroom.provider.spi;

import io.strongroom.hsm.CertificateFilter;
import io.strongroom.hsm.Hsm;
import io.strongroom.hsm.HsmCertificate;
import io.strongroom.hsm.KeyInfo;
import java.security.cert.Certificate;
import java.security.cert.X509Certificate;
import java.util.List;
import java.util.stream.Stream;
import org.jspecify.annotations.Nullable;

/**
 * What the key store {@code HSM} shows, by alias: token keys by their label, and trust anchors by
 * theirs where no key has it. Strongroom's own keys, and certificates that nobody vouched for, are
 * no entries. Throws the waist's exceptions.
 *
 * @param hsm where they are
 */
record StoredEntries(Hsm hsm) {

  /** The token key with this alias; null if there is none. */
  @Nullable KeyInfo key(String alias) {
    if (alias.isEmpty() || Device.isReserved(alias)) {
      return null;
    }
    KeyInfo info = JcaExceptions.orNull(() -> hsm.key(alias));
    return info == null || info.session() ? null : info;
  }

  /** The trust anchor with this alias, whether or not a key has it too; null if there is none. */
  @Nullable HsmCertificate anchor(String alias) {
    if (alias.isEmpty() || Device.isReserved(alias)) {
      return null;
    }
    // An anchor without a label goes by its subject, which has an equals sign.
    List<HsmCertificate> labelled = hsm.certificates(new CertificateFilter.Labelled(alias));
    Stream<HsmCertificate> candidates =
        labelled.isEmpty() && alias.indexOf('=') > 0
            ? hsm.certificates().stream()
            : labelled.stream();
    return candidates
        .filter(HsmCertificate::trusted)
        .filter(anchor -> anchor.label().equals(alias))
        .findFirst()
        .orElse(null);
  }

  /** All aliases, each once. */
  List<String> aliases() {
    Stream<String> keys = hsm.keys().stream().filter(info -> !info.session()).map(KeyInfo::label);
    Stream<String> anchors =
        hsm.certificates().stream().filter(HsmCertificate::trusted).map(HsmCertificate::label);
    return Stream.concat(keys, anchors)
        .filter(label -> !Device.isReserved(label))
        .distinct()
        .toList();
  }

  /** The alias of the anchor that is this certificate, or of the key whose own it is. */
  @Nullable String aliasOf(Certificate certificate) {
    if (!(certificate instanceof X509Certificate x509)) {
      return null;
    }
    return hsm.certificates(new CertificateFilter.Of(x509.getSubjectX500Principal())).stream()
        .filter(present -> present.certificate().equals(x509))
        .flatMap(present -> alias(present).stream())
        .findFirst()
        .orElse(null);
  }

  private List<String> alias(HsmCertificate certificate) {
    if (certificate.trusted()) {
      return Device.isReserved(certificate.label()) ? List.of() : List.of(certificate.label());
    }
    KeyInfo key = JcaExceptions.orNull(() -> hsm.key(certificate.id()));
    if (key == null || key.session() || Device.isReserved(key.label())) {
      return List.of();
    }
    return CertificateChain.isOf(certificate.certificate(), key) ? List.of(key.label()) : List.of();
  }
}
