package io.strongroom.custody.audit;

import java.time.Instant;
import org.jspecify.annotations.Nullable;

/**
 * A part of a trail without gaps. Immutable.
 *
 * @param firstSequence the first record's number at the least
 * @param lastSequence the last record's number at the most
 * @param from nothing from before the first record of this time or later; null for any time
 * @param to nothing from behind the last record of this time or earlier; null for any time
 */
public record AuditRange(
    long firstSequence, long lastSequence, @Nullable Instant from, @Nullable Instant to) {

  /** The whole trail. */
  public static final AuditRange ALL = new AuditRange(1, Long.MAX_VALUE, null, null);
}
