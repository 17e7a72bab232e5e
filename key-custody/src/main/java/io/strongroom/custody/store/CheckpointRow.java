package io.strongroom.custody.store;

/** A row of {@code audit_checkpoint}. */
public record CheckpointRow(long sequence, String hash, String mac, long timeMs) {}
