package io.strongroom.custody.audit;

import java.util.List;

/**
 * The audit trail of one store: append-only, each record chained to the one before it by SHA-256,
 * with checkpoints under an HMAC key that lives in the HSM. Safe for use by many threads.
 */
public interface AuditTrail {

  /** The greatest number of records that one call returns. */
  int MAX_RECORDS = 10_000;

  /** The last {@code count} records at most, oldest first; no more than {@link #MAX_RECORDS}. */
  List<AuditRecord> tail(int count);

  /**
   * The records after this sequence number, oldest first; no more than {@link #MAX_RECORDS}. Call
   * again with the last one's number to go on; 0 starts at the beginning.
   */
  List<AuditRecord> since(long sequence);

  /**
   * Checks the whole trail: every hash, every link, every checkpoint.
   *
   * <p>Each record says, under its hash, which checkpoint was the last one before it, so that a
   * checkpoint cannot be taken away alone. What cannot be noticed here is that the end of the trail
   * was cut off, or written anew, together with every checkpoint from there on; see {@link
   * AuditVerdict.Intact#headHash}.
   *
   * @throws io.strongroom.hsm.HsmException if there are checkpoints and the HSM cannot check them
   */
  AuditVerdict verify();
}
