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

  /** A record before it has its place in the trail: without number, time and hashes. */
  public static AuditRow draft(
      String principal,
      String operation,
      @Nullable String keyId,
      @Nullable String alias,
      String result,
      String nodes,
      String details) {
    return new AuditRow(
        0, 0, principal, operation, keyId, alias, result, nodes, details, 0, "", "");
  }

  /** The same at this place in the trail, with the hash that it has. */
  public AuditRow placed(long number, long atMs, long checkpoint, String previous) {
    return new AuditRow(
        number,
        atMs,
        principal,
        operation,
        keyId,
        alias,
        result,
        nodes,
        details,
        checkpoint,
        previous,
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
