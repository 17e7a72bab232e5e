package io.strongroom.custody.store;

/** A row of {@code destroyed_key}: what is left of a CMK. */
public record DestroyedKeyRow(
    long sequence,
    String id,
    String spec,
    String origin,
    long createdMs,
    int versions,
    long destroyedMs) {}
