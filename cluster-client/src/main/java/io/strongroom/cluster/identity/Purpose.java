package io.strongroom.cluster.identity;

/** What a certificate is shown for (RFC 5280 §4.2.1.12). */
public enum Purpose {
  /** To ask a node. */
  CLIENT("1.3.6.1.5.5.7.3.2", "asking nodes (clientAuth)"),
  /** To serve as a node. */
  SERVER("1.3.6.1.5.5.7.3.1", "serving as a node (serverAuth)");

  private final String keyPurposeId;
  private final String words;

  Purpose(String keyPurposeId, String words) {
    this.keyPurposeId = keyPurposeId;
    this.words = words;
  }

  String keyPurposeId() {
    return keyPurposeId;
  }

  String words() {
    return words;
  }
}
