package io.strongroom.custody.chain;

import io.strongroom.custody.store.AuditRow;
import io.strongroom.custody.store.AuditRows;
import java.time.Clock;
import java.util.ArrayList;
import java.util.List;
import java.util.Optional;
import org.jdbi.v3.core.Handle;

/** Puts records into the trail: by themselves, or in the transaction of a change they tell of. */
public final class AuditChain {

  private final Clock clock;

  /** A chain whose records are timed by this clock. */
  public AuditChain(Clock clock) {
    this.clock = clock;
  }

  /**
   * Appends a record. The head is read from the database: another process may have appended since.
   *
   * @param handle a writing transaction
   */
  public void append(Handle handle, AuditEntry entry) {
    AuditRows.insert(handle, link(AuditRows.head(handle), List.of(draft(entry))));
  }

  /** All that can be written of a record before it has its place in the trail. */
  public static AuditRow draft(AuditEntry entry) {
    return AuditRow.draft(
        entry.principal(),
        entry.operation(),
        entry.keyId(),
        entry.alias(),
        entry.result(),
        Json.write(entry.nodes()),
        Json.write(entry.details()));
  }

  /** Gives records their numbers, times and hashes, as they follow this head. */
  public List<AuditRow> link(Optional<AuditRows.Head> head, List<AuditRow> drafts) {
    long sequence = head.map(AuditRows.Head::sequence).orElse(0L);
    long checkpoint = head.map(AuditRows.Head::checkpoint).orElse(0L);
    String hash = head.map(AuditRows.Head::hash).orElse(ChainHash.NONE);
    long nowMs = clock.millis();
    List<AuditRow> rows = new ArrayList<>(drafts.size());
    for (AuditRow draft : drafts) {
      sequence++;
      AuditRow row = draft.placed(sequence, nowMs, checkpoint, hash);
      hash = ChainHash.of(row);
      rows.add(row.withHash(hash));
    }
    return rows;
  }
}
