package io.strongroom.custody;

import java.security.PublicKey;
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
 * @param publicKey the public half of a private key, which must be its own: wanted for EC keys,
 *     compared for RSA keys; null where none is given, and for secrets
 */
public record MaterialImport(
    byte[] token,
    byte[] wrapped,
    @Nullable String expectedKcv,
    @Nullable Instant expires,
    @Nullable PublicKey publicKey) {

  /** Material without a public key. */
  public MaterialImport(
      byte[] token, byte[] wrapped, @Nullable String expectedKcv, @Nullable Instant expires) {
    this(token, wrapped, expectedKcv, expires, null);
  }

  /** Material that neither is compared nor expires. */
  public static MaterialImport of(byte[] token, byte[] wrapped) {
    return new MaterialImport(token, wrapped, null, null);
  }

  /** The same with a key check value to compare. */
  public MaterialImport expecting(@Nullable String kcv) {
    return new MaterialImport(token, wrapped, kcv, expires, publicKey);
  }

  /** The same with an expiry. */
  public MaterialImport expiring(@Nullable Instant when) {
    return new MaterialImport(token, wrapped, expectedKcv, when, publicKey);
  }

  /** The same for a private key whose public half this is. */
  public MaterialImport withPublicKey(@Nullable PublicKey key) {
    return new MaterialImport(token, wrapped, expectedKcv, expires, key);
  }
}
