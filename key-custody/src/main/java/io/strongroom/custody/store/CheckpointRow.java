package io.strongroom.custody.store;

/**
 * A row of {@code audit_checkpoint}.
 *
 * @param signedBy the fingerprint of the key that signed it; empty for one from before there were
 *     signatures
 * @param signature hexadecimal; empty for one from before there were signatures
 */
public record CheckpointRow(
    long sequence, String hash, long timeMs, String signedBy, String signature) {

  /** Whether it has a signature at all. */
  public boolean isSigned() {
    return !signature.isEmpty();
  }
}
