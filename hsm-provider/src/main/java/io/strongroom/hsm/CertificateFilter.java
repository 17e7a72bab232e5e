package io.strongroom.hsm;

import javax.security.auth.x500.X500Principal;

/** Which certificates are asked for. */
public sealed interface CertificateFilter {

  /** All of them. */
  record All() implements CertificateFilter {}

  /**
   * Those with an id: a key's own.
   *
   * @param id the id
   */
  record OfKey(KeyId id) implements CertificateFilter {}

  /**
   * Those with a label, exactly as it is stored.
   *
   * @param label the label
   */
  record Labelled(String label) implements CertificateFilter {}

  /**
   * Those of a subject: the candidates for an issuer.
   *
   * @param subject the distinguished name
   */
  record Of(X500Principal subject) implements CertificateFilter {}
}
