package io.strongroom.custody.audit;

/** What {@link AuditTrail#verify} found. */
public sealed interface AuditVerdict {

  /**
   * Every record is as it was written, in the order it was written.
   *
   * @param count the number of records
   * @param headHash the hash of the last one, 64 hexadecimal digits; zeros where there is none.
   *     Keep it, with the count, somewhere else: with it a later cut of the trail's end can be
   *     proved even if the checkpoints were cut with it
   * @param checkpointed how many of the records, counted from the first, a checkpoint vouches for
   */
  record Intact(long count, String headHash, long checkpointed) implements AuditVerdict {}

  /**
   * The trail was touched.
   *
   * @param sequence the first record that is not as it was written
   * @param what what was done to it, as far as can be told
   * @param explanation the same in words, for an operator
   */
  record Broken(long sequence, Tampering what, String explanation) implements AuditVerdict {}

  /** What can have been done to a trail. */
  enum Tampering {
    /** The record's content does not fit its own hash. */
    ALTERED,
    /** The record is not there, and later ones are. */
    REMOVED,
    /** The record does not follow from the one before it: inserted, moved or exchanged. */
    OUT_OF_CHAIN,
    /** Records up to a checkpoint are gone from the end. */
    TRUNCATED,
    /** The chain fits together, but is not the one that a checkpoint vouches for. */
    REWRITTEN,
    /** A checkpoint is not there that a later record knows of. */
    CHECKPOINT_REMOVED,
    /** A checkpoint does not verify under the HSM's key. */
    CHECKPOINT_FORGED
  }
}
