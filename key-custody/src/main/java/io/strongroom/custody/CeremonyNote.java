package io.strongroom.custody;

import org.jspecify.annotations.Nullable;

/**
 * What the audit trail keeps of a key ceremony. Immutable, nothing secret.
 *
 * @param id the ceremony's id
 * @param outcome {@code imported}, or why not
 * @param custodians who took part, separated by commas
 * @param kcv the check value of the key; null if none came about
 * @param recordSha256 SHA-256 of the ceremony's record, hex
 */
public record CeremonyNote(
    String id, String outcome, String custodians, @Nullable String kcv, String recordSha256) {}
