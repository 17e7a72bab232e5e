package io.strongroom.custody.store;

import org.jspecify.annotations.Nullable;

/** A row of {@code cmk}; {@code currentVersion} is 0 before the first import. */
public record CmkRow(
    String id,
    String spec,
    String origin,
    String state,
    String description,
    long createdMs,
    int currentVersion,
    @Nullable Long deleteAfterMs) {}
