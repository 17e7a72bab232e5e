package io.strongroom.custody.chain;

import io.strongroom.custody.store.AuditRow;
import io.strongroom.custody.store.AuditRows;
import java.time.Clock;
import java.util.ArrayList;
import java.util.List;
import java.util.Optional;
import org.jdbi.v3.core.Handle;

/** Appends to the trail, inside the transaction of the change that a record tells of. */
public final class AuditChain {

  private final Clock clock;

  /** A chain whose records are timed by this clock. */
  public AuditChain(Clock clock) {
    this.clock = clock;
  }

  /**
   * Appends a record.
   *
   * @param handle a writing transaction
   */
  public void append(Handle handle, AuditEntry entry) {
    append(handle, List.of(entry));
  }

  /**
   * Appends records. The head is read from the database each time: another process may have
   * appended since.
   *
   * @param handle a writing transaction
   */
  public void append(Handle handle, List<AuditEntry> entries) {
    Optional<AuditRows.Head> last = AuditRows.head(handle);
    long sequence = last.map(AuditRows.Head::sequence).orElse(0L);
    long checkpoint = last.map(AuditRows.Head::checkpoint).orElse(0L);
    String hash = last.map(AuditRows.Head::hash).orElse(ChainHash.NONE);
    List<AuditRow> rows = new ArrayList<>(entries.size());
    for (AuditEntry entry : entries) {
      sequence++;
      AuditRow row = row(entry, sequence, checkpoint, hash);
      hash = ChainHash.of(row);
      rows.add(row.withHash(hash));
    }
    AuditRows.insert(handle, rows);
  }

  private AuditRow row(AuditEntry entry, long sequence, long checkpoint, String previousHash) {
    return new AuditRow(
        sequence,
        clock.millis(),
        entry.principal(),
        entry.operation(),
        entry.keyId(),
        entry.alias(),
        entry.result(),
        Json.write(entry.nodes()),
        Json.write(entry.details()),
        checkpoint,
        previousHash,
        "");
  }
}
