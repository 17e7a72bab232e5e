package io.strongroom.custody.store;

import org.jspecify.annotations.Nullable;

/** A row of {@code audit}, the columns as they are stored, so that the hash covers exactly them. */
public record AuditRow(
    long sequence,
    long timeMs,
    String principal,
    String operation,
    @Nullable String keyId,
    @Nullable String alias,
    String result,
    String nodes,
    String details,
    long checkpointSequence,
    String previousHash,
    String hash) {

  /** The same with this number. */
  public AuditRow withSequence(long number) {
    return new AuditRow(
        number,
        timeMs,
        principal,
        operation,
        keyId,
        alias,
        result,
        nodes,
        details,
        checkpointSequence,
        previousHash,
        hash);
  }

  /** The same with this hash. */
  public AuditRow withHash(String own) {
    return new AuditRow(
        sequence,
        timeMs,
        principal,
        operation,
        keyId,
        alias,
        result,
        nodes,
        details,
        checkpointSequence,
        previousHash,
        own);
  }
}
