package io.strongroom.custody;

import java.time.Duration;
import java.time.Instant;
import java.util.UUID;
import org.jspecify.annotations.Nullable;

/**
 * An alias and the CMK that it points at. Immutable.
 *
 * @param alias {@code alias/<name>}
 * @param keyId the CMK
 * @param updated when it was created or last moved
 * @param previousUsableFor how long a CMK that it leaves by rotation stays usable; null for ever
 */
public record AliasDescription(
    String alias, UUID keyId, Instant updated, @Nullable Duration previousUsableFor) {

  AliasDescription withPreviousUsableFor(@Nullable Duration time) {
    return new AliasDescription(alias, keyId, updated, time);
  }
}
