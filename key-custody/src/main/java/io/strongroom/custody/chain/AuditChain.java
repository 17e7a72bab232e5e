package io.strongroom.custody.chain;

import io.strongroom.custody.store.AuditRow;
import io.strongroom.custody.store.AuditRows;
import io.strongroom.custody.store.CheckpointRows;
import java.time.Clock;
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
   * Appends a record. The head is read from the database each time: another process may have
   * appended since.
   *
   * @param handle a writing transaction
   */
  public void append(Handle handle, AuditEntry entry) {
    Optional<AuditRow> last = AuditRows.last(handle);
    AuditRow row =
        new AuditRow(
            last.map(AuditRow::sequence).orElse(0L) + 1,
            clock.millis(),
            entry.principal(),
            entry.operation(),
            entry.keyId(),
            entry.alias(),
            entry.result(),
            Json.write(entry.nodes()),
            Json.write(entry.details()),
            CheckpointRows.last(handle),
            last.map(AuditRow::hash).orElse(ChainHash.NONE),
            "");
    AuditRows.insert(handle, row.withHash(ChainHash.of(row)));
  }
}
