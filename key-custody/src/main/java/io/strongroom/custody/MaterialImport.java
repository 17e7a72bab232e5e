package io.strongroom.custody;

import java.time.Instant;
import org.jspecify.annotations.Nullable;

/**
 * Wrapped material and what goes with it. The arrays are neither kept nor changed.
 *
 * @param token the token from {@link ImportParameters}
 * @param wrapped the material, wrapped as the parameters say
 * @param expectedKcv the key check value that the owner computed, 6 hexadecimal digits in either
 *     case; null not to compare
 * @param expires when the material is to be deleted again; null for never
 */
public record MaterialImport(
    byte[] token, byte[] wrapped, @Nullable String expectedKcv, @Nullable Instant expires) {

  /** Material that neither is compared nor expires. */
  public static MaterialImport of(byte[] token, byte[] wrapped) {
    return new MaterialImport(token, wrapped, null, null);
  }

  /** The same with a key check value to compare. */
  public MaterialImport expecting(@Nullable String kcv) {
    return new MaterialImport(token, wrapped, kcv, expires);
  }

  /** The same with an expiry. */
  public MaterialImport expiring(@Nullable Instant when) {
    return new MaterialImport(token, wrapped, expectedKcv, when);
  }
}
