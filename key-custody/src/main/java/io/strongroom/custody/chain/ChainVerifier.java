package io.strongroom.custody.chain;

import io.strongroom.custody.audit.AuditVerdict;
import io.strongroom.custody.audit.AuditVerdict.Broken;
import io.strongroom.custody.audit.AuditVerdict.Intact;
import io.strongroom.custody.audit.AuditVerdict.Tampering;
import io.strongroom.custody.store.AuditRow;
import io.strongroom.custody.store.CheckpointRow;
import java.util.Iterator;
import java.util.List;
import java.util.function.Predicate;
import org.jspecify.annotations.Nullable;

/** Walks a chain once, from its first record, beside its checkpoints. For one thread, used once. */
final class ChainVerifier {

  private final Predicate<CheckpointRow> genuine;
  private final Iterator<CheckpointRow> checkpoints;
  private @Nullable CheckpointRow next;
  private long count;
  private long checkpointed;
  private String head = ChainHash.NONE;

  ChainVerifier(List<CheckpointRow> checkpoints, Predicate<CheckpointRow> genuine) {
    this.checkpoints = checkpoints.iterator();
    this.genuine = genuine;
    advance();
  }

  AuditVerdict verify(Iterator<AuditRow> rows) {
    while (rows.hasNext()) {
      AuditRow row = rows.next();
      Broken broken = link(row);
      if (broken == null) {
        count = row.sequence();
        head = row.hash();
        broken = checkpoint();
      }
      if (broken != null) {
        return broken;
      }
    }
    CheckpointRow beyond = next;
    if (beyond != null) {
      return broken(
          count + 1,
          Tampering.TRUNCATED,
          "the trail ends with record %d, but a checkpoint vouches for %d records"
              .formatted(count, beyond.sequence()));
    }
    return new Intact(count, head, checkpointed);
  }

  private @Nullable Broken link(AuditRow row) {
    long wanted = count + 1;
    if (row.sequence() > wanted) {
      return broken(
          wanted,
          Tampering.REMOVED,
          "record %d is missing; after %d comes %d".formatted(wanted, count, row.sequence()));
    }
    if (row.sequence() < wanted) {
      return broken(
          row.sequence(),
          Tampering.OUT_OF_CHAIN,
          "record %d was not there when the trail was written".formatted(row.sequence()));
    }
    if (!ChainHash.of(row).equals(row.hash())) {
      return broken(
          wanted,
          Tampering.ALTERED,
          "record %d does not fit its own hash; its content was changed".formatted(wanted));
    }
    if (!row.previousHash().equals(head)) {
      return broken(
          wanted,
          Tampering.OUT_OF_CHAIN,
          "record %d does not follow from the one before it; it was put there later"
              .formatted(wanted));
    }
    if (row.checkpointSequence() > checkpointed) {
      return broken(
          row.checkpointSequence(),
          Tampering.CHECKPOINT_REMOVED,
          "record %d was written when a checkpoint vouched for record %d, and that is not there any more"
              .formatted(wanted, row.checkpointSequence()));
    }
    return null;
  }

  private @Nullable Broken checkpoint() {
    CheckpointRow due = next;
    if (due == null || due.sequence() > count) {
      return null;
    }
    if (!genuine.test(due)) {
      return broken(
          due.sequence(),
          Tampering.CHECKPOINT_FORGED,
          "the checkpoint of record %d was not made by this store's key in the HSM"
              .formatted(due.sequence()));
    }
    if (due.sequence() != count || !due.hash().equals(head)) {
      return broken(
          checkpointed + 1,
          Tampering.REWRITTEN,
          "records %d to %d are not those that a checkpoint vouches for"
              .formatted(checkpointed + 1, due.sequence()));
    }
    checkpointed = count;
    advance();
    return null;
  }

  private void advance() {
    next = checkpoints.hasNext() ? checkpoints.next() : null;
  }

  private static Broken broken(long sequence, Tampering what, String explanation) {
    return new Broken(sequence, what, explanation);
  }
}
