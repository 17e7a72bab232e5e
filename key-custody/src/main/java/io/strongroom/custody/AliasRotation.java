package io.strongroom.custody;

import java.util.UUID;

/**
 * An alias that moved to a new key, or would have. Immutable.
 *
 * @param alias the alias
 * @param from the CMK that it pointed at; what was encrypted under it stays readable
 * @param to the CMK that it points at now
 * @param kcv the new key's check value, 6 hexadecimal digits
 * @param dryRun true if everything was checked and nothing changed
 */
public record AliasRotation(String alias, UUID from, UUID to, String kcv, boolean dryRun) {}
