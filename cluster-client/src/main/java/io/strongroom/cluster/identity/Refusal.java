package io.strongroom.cluster.identity;

import java.util.Locale;

/** Why a node turns a connection, a call or an operation away. Metrics and logs use the labels. */
public enum Refusal {
  /** What came was not TLS. */
  NOT_TLS,
  /** The peer speaks no TLS 1.3. */
  OLD_TLS,
  /** The peer speaks no HTTP/2. */
  NOT_HTTP2,
  /** The peer hung up, or was silent for too long, before it had said who it is. */
  HANDSHAKE_NOT_FINISHED,
  /** TLS failed for another reason. */
  HANDSHAKE_FAILED,
  /** It is the peer who refused this member's certificate. */
  REFUSED_BY_PEER,
  /** The peer showed no certificate. */
  NO_CERTIFICATE,
  /** The certificate is from another authority, or from none. */
  WRONG_AUTHORITY,
  /** The certificate's time is over. */
  EXPIRED,
  /** The certificate's time has not come. */
  NOT_YET_VALID,
  /** The authority has revoked the certificate. */
  REVOKED,
  /** The list of revoked certificates is out of date, or says nothing of the authority. */
  REVOCATION_UNKNOWN,
  /** The certificate is not made for what it is used for. */
  WRONG_PURPOSE,
  /** The certificate names no identity, or more than one. */
  NO_IDENTITY,
  /** The peer is someone else than who was wanted. */
  WRONG_IDENTITY,
  /** The peer belongs to another cluster. */
  WRONG_CLUSTER,
  /** The peer's role may not make this call. */
  ROLE,
  /** There are too many connections in all. */
  TOO_MANY_CONNECTIONS,
  /** There are too many connections of this identity. */
  TOO_MANY_OF_IDENTITY,
  /** Too many control frames of HTTP/2. */
  FLOOD,
  /** The call is in a format that nodes do not take. */
  FORMAT,
  /** A message is over its limit. */
  TOO_LARGE,
  /** Too much is outstanding on the connection. */
  OUTSTANDING,
  /** Too much of this caller waits for the token. */
  QUEUE_FULL,
  /** The node is shutting down. */
  DRAINING;

  /** For metrics and logs: {@code wrong-authority}. */
  public String label() {
    return name().toLowerCase(Locale.ROOT).replace('_', '-');
  }
}
