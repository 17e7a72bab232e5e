package io.strongroom.custody.store;

import org.jspecify.annotations.Nullable;

/**
 * A row of {@code alias_move}; {@code usableUntilMs} is null for ever, {@code retiredMs} for not.
 */
public record AliasMoveRow(
    long sequence,
    String alias,
    String fromId,
    String toId,
    String kind,
    String principal,
    long timeMs,
    @Nullable Long usableUntilMs,
    @Nullable Long retiredMs) {}
