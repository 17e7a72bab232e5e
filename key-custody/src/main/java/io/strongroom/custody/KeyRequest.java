package io.strongroom.custody;

import org.jspecify.annotations.Nullable;

/**
 * A CMK that is to be created. Immutable; the {@code with…} methods return changed copies.
 *
 * @param spec its kind and length
 * @param origin {@code HSM} to have the material generated, {@code EXTERNAL} to import it
 * @param alias an alias to point at it from the start; null for none
 * @param description what its owner says of it, at most 8192 characters
 */
public record KeyRequest(
    CmkSpec spec, KeyOrigin origin, @Nullable String alias, String description) {

  /** An AES-256 key with material from the HSM, without alias or description. */
  public static KeyRequest generated() {
    return new KeyRequest(CmkSpec.AES_256, KeyOrigin.HSM, null, "");
  }

  /** An AES-256 key whose material will be imported, without alias or description. */
  public static KeyRequest external() {
    return new KeyRequest(CmkSpec.AES_256, KeyOrigin.EXTERNAL, null, "");
  }

  /** The same of another kind. */
  public KeyRequest withSpec(CmkSpec other) {
    return new KeyRequest(other, origin, alias, description);
  }

  /** The same with an alias. */
  public KeyRequest withAlias(@Nullable String name) {
    return new KeyRequest(spec, origin, name, description);
  }

  /** The same with a description. */
  public KeyRequest withDescription(String text) {
    return new KeyRequest(spec, origin, alias, text);
  }
}
