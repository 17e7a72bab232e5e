package io.strongroom.cluster.identity;

import java.util.Locale;

/** What the holder of a certificate may do; see {@code node.proto} for the role of each call. */
public enum Role {
  /** A node: what reconciliation needs. */
  NODE,
  /** A crypto user: uses keys. */
  USER,
  /** A crypto officer: does all a user may, and creates, imports and destroys. */
  OFFICER;

  /** As written in a SPIFFE id: {@code officer}. */
  public String pathSegment() {
    return name().toLowerCase(Locale.ROOT);
  }
}
