package io.strongroom.custody.audit;

import org.jspecify.annotations.Nullable;

/**
 * Which records to show. Immutable.
 *
 * @param principal only this principal's; null for all
 * @param operation only this operation's, {@code encrypt} for example; null for all
 * @param key only those of this CMK's id, or of this alias; null for all
 */
public record AuditFilter(
    @Nullable String principal, @Nullable String operation, @Nullable String key) {

  /** All records. */
  public static final AuditFilter ALL = new AuditFilter(null, null, null);
}
