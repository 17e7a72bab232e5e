package io.strongroom.cluster.node;

/** Labels of the cluster's own keys, which no client ever sees or uses. */
final class ReservedLabels {
  /** What all reserved labels begin with. */
  static final String PREFIX = "strongroom-";

  /** The domain key. */
  static final String DOMAIN_KEY = "strongroom-domain";

  /** The domain MAC key. */
  static final String DOMAIN_MAC_KEY = "strongroom-domain-mac";

  /** The key pair with which a token joins; also the officer's copy of its public half. */
  static final String JOIN = "strongroom-join";

  private ReservedLabels() {}

  static boolean isReserved(String label) {
    return label.startsWith(PREFIX);
  }
}
