package io.strongroom.cluster.identity;

import java.security.cert.CertificateException;

/** A peer's certificate is not accepted; the message says why and what to do. */
public final class PeerRefused extends CertificateException {
  private static final long serialVersionUID = 1L;

  private final Refusal reason;

  PeerRefused(Refusal reason, String message) {
    super(message);
    this.reason = reason;
  }

  PeerRefused(Refusal reason, String message, Throwable cause) {
    super(message, cause);
    this.reason = reason;
  }

  /** Why, and what to do. */
  public String text() {
    return String.valueOf(getMessage());
  }

  /** Why, for those who count. */
  public Refusal reason() {
    return reason;
  }
}
