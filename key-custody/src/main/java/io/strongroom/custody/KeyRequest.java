package io.strongroom.custody;

import java.util.Map;
import org.jspecify.annotations.Nullable;

/**
 * A CMK that is to be created. Immutable; the {@code with…} methods return changed copies.
 *
 * @param spec its kind and length
 * @param use what it is for, one of the spec's {@linkplain CmkSpec#uses uses}; null for the usual
 *     one
 * @param origin {@code HSM} to have the material generated, {@code EXTERNAL} to import it
 * @param alias an alias to point at it from the start; null for none
 * @param description what its owner says of it, at most 8192 characters
 * @param tags names and values to find it by; the limits are those of {@link KeyService#tag}
 */
public record KeyRequest(
    CmkSpec spec,
    @Nullable KeyUse use,
    KeyOrigin origin,
    @Nullable String alias,
    String description,
    Map<String, String> tags) {

  /** Copies the tags. */
  public KeyRequest {
    tags = Map.copyOf(tags);
  }

  /** An AES-256 key with material from the HSM, without alias or description. */
  public static KeyRequest generated() {
    return of(KeyOrigin.HSM);
  }

  /** An AES-256 key whose material will be imported, without alias or description. */
  public static KeyRequest external() {
    return of(KeyOrigin.EXTERNAL);
  }

  /** An AES-256 key of this origin, without alias, description or tags. */
  public static KeyRequest of(KeyOrigin origin) {
    return new KeyRequest(CmkSpec.AES_256, null, origin, null, "", Map.of());
  }

  /** The same of another kind. */
  public KeyRequest withSpec(CmkSpec other) {
    return new KeyRequest(other, use, origin, alias, description, tags);
  }

  /** The same for another use; null for the spec's usual one. */
  public KeyRequest withUse(@Nullable KeyUse other) {
    return new KeyRequest(spec, other, origin, alias, description, tags);
  }

  /** The same with an alias. */
  public KeyRequest withAlias(@Nullable String name) {
    return new KeyRequest(spec, use, origin, name, description, tags);
  }

  /** The same with a description. */
  public KeyRequest withDescription(String text) {
    return new KeyRequest(spec, use, origin, alias, text, tags);
  }

  /** The same with these tags and no others. */
  public KeyRequest withTags(Map<String, String> names) {
    return new KeyRequest(spec, use, origin, alias, description, names);
  }
}
