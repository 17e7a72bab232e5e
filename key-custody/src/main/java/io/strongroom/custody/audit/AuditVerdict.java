package io.strongroom.custody.audit;

import java.util.List;

/** What {@link AuditTrail#verify} found. */
public sealed interface AuditVerdict {

  /** What was checked and what was not, as sentences for an auditor. */
  Scope scope();

  /**
   * Every record is as it was written, in the order it was written, as far as {@code scope} goes.
   *
   * @param count the number of the last record
   * @param headHash the hash of the last one, 64 hexadecimal digits; zeros where there is none.
   *     Keep it, with the count, somewhere else: with it a later cut of the trail's end can be
   *     proved even if the checkpoints were cut with it
   * @param checkpointed the last record that a signed checkpoint vouches for, and with it for all
   *     before; 0 for none
   */
  record Intact(long count, String headHash, long checkpointed, Scope scope)
      implements AuditVerdict {}

  /**
   * The trail was touched.
   *
   * @param sequence the first record that is not as it was written
   * @param what what was done to it, as far as can be told
   * @param explanation the same in words, for an operator
   */
  record Broken(long sequence, Tampering what, String explanation, Scope scope)
      implements AuditVerdict {}

  /**
   * What a verdict rests on.
   *
   * @param checked what was checked
   * @param notChecked what was not, and what would be needed for it
   */
  record Scope(List<String> checked, List<String> notChecked) {

    /** Copies the lists. */
    public Scope {
      checked = List.copyOf(checked);
      notChecked = List.copyOf(notChecked);
    }
  }

  /** What can have been done to a trail. */
  enum Tampering {
    /** The record's content was changed, or another record was put in its place. */
    ALTERED,
    /** The record is not there, and later ones are. */
    REMOVED,
    /** The record was not there when the trail was written. */
    INSERTED,
    /** The record stands where another one was written. */
    REORDERED,
    /** Records are gone from the end that a checkpoint, or a head noted elsewhere, vouches for. */
    TRUNCATED,
    /** The chain fits together, but is not the one that was vouched for. */
    REWRITTEN,
    /** A checkpoint is not there that a later record knows of. */
    CHECKPOINT_REMOVED,
    /** A checkpoint was altered, or not made with the key in the HSM. */
    CHECKPOINT_FORGED,
    /** The HSM has vouched for records that the store lacks: it comes from an older backup. */
    ROLLED_BACK,
    /** A line of an exported trail is not what its record says. */
    EXPORT_ALTERED
  }
}
