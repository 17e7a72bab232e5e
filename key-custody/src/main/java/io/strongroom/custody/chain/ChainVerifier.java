package io.strongroom.custody.chain;

import io.strongroom.custody.audit.AuditVerdict.Tampering;
import io.strongroom.custody.chain.HashedRows.Hashed;
import io.strongroom.custody.store.AuditRow;
import io.strongroom.custody.store.CheckpointRow;
import java.util.Iterator;
import java.util.List;
import java.util.function.LongConsumer;
import java.util.function.Predicate;
import org.jspecify.annotations.Nullable;

/** Walks a chain once, beside its checkpoints. For one thread, used once. */
final class ChainVerifier {

  private static final int PROGRESS_RECORDS = 10_000;

  /** What is wrong, and with which record first. */
  record Finding(long sequence, Tampering what, String explanation) {}

  /**
   * How far the walk came without finding anything.
   *
   * @param count the last record
   * @param head its hash
   * @param signed the last record with a signed checkpoint; 0 for none
   */
  record Walked(long count, String head, long signed) {}

  private final Iterator<CheckpointRow> checkpoints;
  private final Predicate<CheckpointRow> genuine;
  private final List<Anchor> anchors;
  private final LongConsumer progress;
  private @Nullable CheckpointRow next;
  private long count;
  private String head = ChainHash.NONE;
  private long seen;
  private long signed;

  /**
   * @param checkpoints in order
   * @param genuine whether a checkpoint that has a signature was made with the key in the HSM
   * @param anchors what others vouch for
   * @param progress is told now and then how many records have been checked
   */
  ChainVerifier(
      List<CheckpointRow> checkpoints,
      Predicate<CheckpointRow> genuine,
      List<Anchor> anchors,
      LongConsumer progress) {
    this.checkpoints = checkpoints.iterator();
    this.genuine = genuine;
    this.anchors = List.copyOf(anchors);
    this.progress = progress;
    advance();
  }

  /** Begins in the middle: behind this record, which is taken to be right. */
  void beginAfter(long sequence, String hash, long checkpoint) {
    count = sequence;
    head = hash;
    seen = checkpoint;
  }

  /** The first thing that is wrong; null for nothing. */
  @Nullable Finding walk(Iterator<AuditRow> rows) {
    HashedRows hashed = new HashedRows(rows);
    while (hashed.hasNext()) {
      Hashed one = hashed.next();
      Finding finding = link(one, hashed);
      if (finding == null) {
        count = one.row().sequence();
        head = one.row().hash();
        finding = checkpoint();
      }
      if (finding == null) {
        finding = anchored(one.row());
      }
      if (finding != null) {
        return finding;
      }
      if (count % PROGRESS_RECORDS == 0) {
        progress.accept(count);
      }
    }
    return end();
  }

  /** How far it came. */
  Walked walked() {
    return new Walked(count, head, signed);
  }

  private @Nullable Finding link(Hashed one, Iterator<Hashed> rest) {
    AuditRow row = one.row();
    long wanted = count + 1;
    if (row.sequence() > wanted) {
      return new Finding(
          wanted,
          Tampering.REMOVED,
          "record %d is missing; after %d comes %d".formatted(wanted, count, row.sequence()));
    }
    if (row.sequence() < wanted) {
      return new Finding(
          row.sequence(),
          Tampering.INSERTED,
          "record %d was not there when the trail was written".formatted(row.sequence()));
    }
    if (!one.fits()) {
      return new ChainDiagnosis(wanted, head, rest).ofContent(row);
    }
    if (!row.previousHash().equals(head)) {
      return new ChainDiagnosis(wanted, head, rest).ofLink(row);
    }
    if (row.checkpointSequence() > seen) {
      return new Finding(
          row.checkpointSequence(),
          Tampering.CHECKPOINT_REMOVED,
          "record %d was written when a checkpoint vouched for record %d, and that is not there any more"
              .formatted(wanted, row.checkpointSequence()));
    }
    return null;
  }

  private @Nullable Finding checkpoint() {
    CheckpointRow due = next;
    if (due == null || due.sequence() > count) {
      return null;
    }
    if (isForged(due)) {
      return forged(due);
    }
    if (due.sequence() != count || !due.hash().equals(head)) {
      return new Finding(
          seen + 1,
          Tampering.REWRITTEN,
          "records %d to %d are not those that a checkpoint vouches for"
              .formatted(seen + 1, due.sequence()));
    }
    seen = count;
    signed = due.isSigned() ? count : signed;
    advance();
    return null;
  }

  private @Nullable Finding anchored(AuditRow row) {
    for (Anchor anchor : anchors) {
      if (anchor.sequence() == row.sequence() && !anchor.fits().test(row)) {
        return new Finding(
            signed + 1,
            Tampering.REWRITTEN,
            "%s vouches for another record %d: records %d to %d were written anew, or not all of them"
                .formatted(anchor.who(), row.sequence(), signed + 1, row.sequence()));
      }
    }
    return null;
  }

  private @Nullable Finding end() {
    CheckpointRow beyond = next;
    if (beyond != null && isForged(beyond)) {
      return forged(beyond);
    }
    if (beyond != null) {
      return new Finding(
          count + 1,
          Tampering.TRUNCATED,
          "the trail ends with record %d, but a checkpoint vouches for %d records"
              .formatted(count, beyond.sequence()));
    }
    for (Anchor anchor : anchors) {
      if (anchor.sequence() > count) {
        return new Finding(
            count + 1,
            anchor.missing(),
            "the store ends at record %d, %s has vouched for %d%s"
                .formatted(
                    count,
                    anchor.who(),
                    anchor.sequence(),
                    anchor.missing() == Tampering.ROLLED_BACK
                        ? ": it was restored from an older backup"
                        : ""));
      }
    }
    return null;
  }

  private boolean isForged(CheckpointRow row) {
    // Those from before there were signatures all come before the first that has one.
    return row.isSigned() ? !genuine.test(row) : signed > 0;
  }

  private static Finding forged(CheckpointRow row) {
    return new Finding(
        row.sequence(),
        Tampering.CHECKPOINT_FORGED,
        "the checkpoint of record %d was altered, or not made with this store's key in the HSM"
            .formatted(row.sequence()));
  }

  private void advance() {
    next = checkpoints.hasNext() ? checkpoints.next() : null;
  }
}
