package io.strongroom.custody.store;

/** A row of {@code wrapping_key}. */
public record WrappingKeyRow(
    String tokenHash,
    String cmkId,
    String algorithm,
    String hsmKeyId,
    String label,
    long expiresMs,
    Status status) {

  /** What became of it; rows stay, so that a used token can be told from an unknown one. */
  public enum Status {
    OPEN,
    USED,
    EXPIRED
  }
}
