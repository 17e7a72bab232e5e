package io.strongroom.custody.audit;

import java.util.List;
import java.util.function.Consumer;

/**
 * The audit trail of one store: append-only, each record chained to the one before it by SHA-256,
 * with checkpoints signed by a key that lives in the HSM. Safe for use by many threads.
 */
public interface AuditTrail {

  /** The greatest number of records that one call returns. */
  int MAX_RECORDS = 10_000;

  /** The last {@code count} records at most, oldest first; no more than {@link #MAX_RECORDS}. */
  default List<AuditRecord> tail(int count) {
    return tail(AuditFilter.ALL, count);
  }

  /** The last {@code count} of these records at most, oldest first. */
  List<AuditRecord> tail(AuditFilter filter, int count);

  /**
   * The records after this sequence number, oldest first; no more than {@link #MAX_RECORDS}. Call
   * again with the last one's number to go on; 0 starts at the beginning.
   */
  default List<AuditRecord> since(long sequence) {
    return since(AuditFilter.ALL, sequence);
  }

  /** These of the records after this sequence number, oldest first; as {@link #since(long)}. */
  List<AuditRecord> since(AuditFilter filter, long sequence);

  /**
   * The public keys whose checkpoints this trail has, oldest first, as the store names them: keep
   * the key, or its fingerprint, somewhere else.
   */
  List<AuditKey> keys();

  /** Checks the whole trail by nothing but itself, and the HSM where there is one. */
  default AuditVerdict verify() {
    return verify(AuditCheck.PLAIN);
  }

  /**
   * Checks the whole trail: every hash, every link, every checkpoint, and, where an HSM is at hand,
   * whether the HSM has vouched for records that are not there.
   *
   * <p>Each record says, under its hash, which checkpoint was the last one before it, so that a
   * checkpoint cannot be taken away alone. An HSM that does not answer is no error: the verdict's
   * scope says what could not be checked without it.
   */
  AuditVerdict verify(AuditCheck check);

  /**
   * Tells a part of the trail as JSON Lines in CloudTrail's field names, oldest first, each record
   * and each checkpoint one line. Such a file can be verified alone.
   *
   * @param line takes each line, without its line feed; what it throws ends the export
   * @return how many records there were
   */
  long export(AuditRange range, Consumer<String> line);
}
