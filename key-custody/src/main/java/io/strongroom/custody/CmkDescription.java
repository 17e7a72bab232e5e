package io.strongroom.custody;

import java.time.Instant;
import java.util.Collections;
import java.util.List;
import java.util.Map;
import java.util.TreeMap;
import java.util.UUID;
import org.jspecify.annotations.Nullable;

/**
 * What there is to know of a CMK. Immutable; holds nothing secret.
 *
 * @param keyId its id
 * @param aliases the aliases that point at it, sorted
 * @param state where it is in its life
 * @param origin where its material comes from
 * @param spec its kind and length
 * @param use what it is for
 * @param version the version that encrypts; 0 before the first import
 * @param kcv that version's key check value, 6 hexadecimal digits; null where there is no material
 * @param description what its owner says of it; may be empty
 * @param tags names and values to find it by, sorted
 * @param created when it was created
 * @param expires when the current material is to be deleted; null for never
 * @param deletion when the key itself will be destroyed; null where that is not scheduled
 * @param rotation when it gets its next version by itself; null where it does not
 * @param nodes the token, or the cluster's nodes, that hold the current version
 * @param versions all versions, oldest first
 */
public record CmkDescription(
    UUID keyId,
    List<String> aliases,
    KeyState state,
    KeyOrigin origin,
    CmkSpec spec,
    KeyUse use,
    int version,
    @Nullable String kcv,
    String description,
    Map<String, String> tags,
    Instant created,
    @Nullable Instant expires,
    @Nullable Instant deletion,
    @Nullable RotationSchedule rotation,
    List<String> nodes,
    List<KeyVersion> versions) {

  /** Copies the collections. */
  public CmkDescription {
    aliases = List.copyOf(aliases);
    tags = Collections.unmodifiableMap(new TreeMap<>(tags));
    nodes = List.copyOf(nodes);
    versions = List.copyOf(versions);
  }
}
