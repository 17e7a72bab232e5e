package io.strongroom.custody;

import java.time.Instant;

/**
 * When a CMK gets its next version by itself. Immutable.
 *
 * @param days the period
 * @param next from when on the next version is due; a disabled key gets it once it is enabled
 */
public record RotationSchedule(int days, Instant next) {}
