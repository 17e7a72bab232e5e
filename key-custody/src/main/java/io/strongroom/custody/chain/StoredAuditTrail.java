package io.strongroom.custody.chain;

import io.strongroom.custody.audit.AuditRecord;
import io.strongroom.custody.audit.AuditTrail;
import io.strongroom.custody.audit.AuditVerdict;
import io.strongroom.custody.store.AuditRow;
import io.strongroom.custody.store.AuditRows;
import io.strongroom.custody.store.Database;
import java.time.Instant;
import java.util.List;
import java.util.stream.Stream;

/** The trail in the store. */
public final class StoredAuditTrail implements AuditTrail {

  private final Database database;
  private final Checkpoints checkpoints;

  /** The trail of this store, whose checkpoints these are. */
  public StoredAuditTrail(Database database, Checkpoints checkpoints) {
    this.database = database;
    this.checkpoints = checkpoints;
  }

  @Override
  public List<AuditRecord> tail(int count) {
    return database
        .read(handle -> AuditRows.newest(handle, Math.clamp(count, 0, MAX_RECORDS)))
        .reversed()
        .stream()
        .map(StoredAuditTrail::record)
        .toList();
  }

  @Override
  public List<AuditRecord> since(long sequence) {
    return database.read(handle -> AuditRows.after(handle, sequence, MAX_RECORDS)).stream()
        .map(StoredAuditTrail::record)
        .toList();
  }

  @Override
  public AuditVerdict verify() {
    return database.read(handle -> {
      ChainVerifier verifier =
          new ChainVerifier(AuditRows.checkpoints(handle), checkpoints::verifies);
      try (Stream<AuditRow> rows = AuditRows.all(handle)) {
        return verifier.verify(rows.iterator());
      }
    });
  }

  private static AuditRecord record(AuditRow row) {
    return new AuditRecord(
        row.sequence(),
        Instant.ofEpochMilli(row.timeMs()),
        row.principal(),
        row.operation(),
        row.keyId(),
        row.alias(),
        row.result(),
        Json.list(row.nodes()),
        Json.map(row.details()),
        row.previousHash(),
        row.hash());
  }
}
