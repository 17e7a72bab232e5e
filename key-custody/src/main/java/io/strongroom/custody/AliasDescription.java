package io.strongroom.custody;

import java.time.Instant;
import java.util.UUID;

/**
 * An alias and the CMK that it points at. Immutable.
 *
 * @param alias {@code alias/<name>}
 * @param keyId the CMK
 * @param updated when it was created or last moved
 */
public record AliasDescription(String alias, UUID keyId, Instant updated) {}
