package io.strongroom.custody;

import java.time.Instant;
import org.jspecify.annotations.Nullable;

/**
 * One version of a CMK's material. Immutable.
 *
 * @param version 1 for the first
 * @param kcv the key check value, 6 hexadecimal digits. Three bytes tell a mix-up, and prove
 *     nothing: one in 16 million other keys has the same
 * @param present false once the material was deleted or expired
 * @param created when the material came into the HSM
 * @param expires when it is to be deleted; null for never
 */
public record KeyVersion(
    int version, String kcv, boolean present, Instant created, @Nullable Instant expires) {}
