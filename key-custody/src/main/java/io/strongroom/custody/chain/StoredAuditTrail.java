package io.strongroom.custody.chain;

import io.strongroom.custody.audit.AuditCheck;
import io.strongroom.custody.audit.AuditFilter;
import io.strongroom.custody.audit.AuditKey;
import io.strongroom.custody.audit.AuditRange;
import io.strongroom.custody.audit.AuditRecord;
import io.strongroom.custody.audit.AuditTrail;
import io.strongroom.custody.audit.AuditVerdict;
import io.strongroom.custody.store.AuditRow;
import io.strongroom.custody.store.AuditRows;
import io.strongroom.custody.store.CheckpointRow;
import io.strongroom.custody.store.CheckpointRows;
import io.strongroom.custody.store.Database;
import io.strongroom.hsm.HsmException;
import java.time.Instant;
import java.util.List;
import java.util.function.Consumer;
import java.util.stream.Stream;
import org.jspecify.annotations.Nullable;

/** The trail in the store. */
public final class StoredAuditTrail implements AuditTrail {

  private final Database database;
  private final String storeId;
  private final @Nullable Checkpoints checkpoints;

  /**
   * The trail of this store.
   *
   * @param checkpoints what the HSM has to do with it; null where no HSM is at hand
   */
  public StoredAuditTrail(Database database, String storeId, @Nullable Checkpoints checkpoints) {
    this.database = database;
    this.storeId = storeId;
    this.checkpoints = checkpoints;
  }

  @Override
  public List<AuditRecord> tail(AuditFilter filter, int count) {
    return database
        .read(handle -> AuditRows.newest(handle, filter, Math.clamp(count, 0, MAX_RECORDS)))
        .reversed()
        .stream()
        .map(StoredAuditTrail::record)
        .toList();
  }

  @Override
  public List<AuditRecord> since(AuditFilter filter, long sequence) {
    return database.read(handle -> AuditRows.after(handle, filter, sequence, MAX_RECORDS)).stream()
        .map(StoredAuditTrail::record)
        .toList();
  }

  @Override
  public List<AuditKey> keys() {
    return database.read(CheckpointRows::keys).stream().map(AuditKey::fromBase64).toList();
  }

  @Override
  public AuditVerdict verify(AuditCheck check) {
    TrailCheck work = new TrailCheck(check, storeId, trusted(check));
    // The HSM first: what it remembers was in the store before.
    askWitness(work);
    return database.read(handle -> {
      List<CheckpointRow> all = CheckpointRows.all(handle);
      try (Stream<AuditRow> rows = AuditRows.all(handle)) {
        return work.verdict(all, rows.iterator(), null);
      }
    });
  }

  @Override
  public long export(AuditRange range, Consumer<String> line) {
    return database.read(handle -> new CloudTrailExport(storeId).write(handle, range, line));
  }

  private void askWitness(TrailCheck work) {
    if (checkpoints == null) {
      work.noWitness("no HSM was named");
      return;
    }
    try {
      work.witness(checkpoints.witnessed().orElse(null));
    } catch (HsmException e) {
      work.noWitness("the HSM did not answer (" + e.getMessage() + ")");
    }
  }

  private TrailCheck.Trusted trusted(AuditCheck check) {
    if (!check.keys().isEmpty()) {
      return new TrailCheck.Trusted(check.keys(), "the key that was given", true);
    }
    if (checkpoints != null) {
      try {
        return new TrailCheck.Trusted(List.of(checkpoints.publicKey()), "the key in the HSM", true);
      } catch (HsmException e) {
        // Without the HSM's word the store's own is all there is; the verdict says so.
        return storeNamed("the key that the store names; the HSM said: " + e.getMessage());
      }
    }
    return storeNamed("the key that the store names");
  }

  private TrailCheck.Trusted storeNamed(String source) {
    return new TrailCheck.Trusted(keys(), source, false);
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
