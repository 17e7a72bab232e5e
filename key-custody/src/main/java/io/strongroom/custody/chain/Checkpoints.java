package io.strongroom.custody.chain;

import io.strongroom.custody.audit.AuditKey;
import io.strongroom.custody.store.AuditRow;
import io.strongroom.custody.store.AuditRows;
import io.strongroom.custody.store.CheckpointRow;
import io.strongroom.custody.store.CheckpointRows;
import io.strongroom.custody.store.Database;
import io.strongroom.hsm.Hsm;
import io.strongroom.hsm.HsmException;
import java.time.Clock;
import java.util.HexFormat;
import java.util.Optional;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * Vouches for the chain's head with the HSM: a signed checkpoint in the store, so that neither
 * cutting the trail behind it nor writing a new chain up to it goes unnoticed, and a {@link
 * Witness} in the HSM itself, so that putting the whole store back does not either.
 */
public final class Checkpoints {

  private static final Logger LOG = LoggerFactory.getLogger(Checkpoints.class);

  private final CheckpointSigner signer;
  private final Witness witness;
  private final Database database;
  private final Clock clock;
  private final String storeId;

  /** Checkpoints of the store with this id. */
  public Checkpoints(Hsm hsm, Database database, Clock clock, String storeId) {
    this.signer = new CheckpointSigner(hsm, storeId);
    this.witness = new Witness(hsm, storeId);
    this.database = database;
    this.clock = clock;
    this.storeId = storeId;
  }

  /**
   * Writes a checkpoint for the head, unless it has one, and has the HSM remember it.
   *
   * @throws HsmException if the HSM cannot do it now; a checkpoint without a witness is all that
   *     can be left then
   */
  public void write() {
    Optional<AuditRow> head = database.read(AuditRows::last);
    if (head.isPresent()) {
      sign(head.get());
      remember(head.get());
    }
  }

  /**
   * Signs the head and has the HSM remember it in place of whatever it remembered before: after
   * somebody has accepted a store that is older.
   */
  public void restart() {
    AuditRow head = database.read(AuditRows::last).orElseThrow();
    sign(head);
    witness.restart(head.sequence(), head.hash());
  }

  /** What is wrong if the HSM remembers a record that this store does not have; else empty. */
  public Optional<Rollback> rollback() {
    return witness.last().flatMap(this::rollback);
  }

  /**
   * The public half of the key that signs, as the HSM has it.
   *
   * @throws HsmException.KeyNotFound if the HSM does not have it
   */
  public AuditKey publicKey() {
    return signer.publicKey();
  }

  /** The last record that the HSM remembers. */
  Optional<Witness.Vouched> witnessed() {
    return witness.last();
  }

  private void sign(AuditRow head) {
    long sequence = head.sequence();
    if (database.read(handle -> CheckpointRows.find(handle, sequence)).isPresent()) {
      return;
    }
    long now = clock.millis();
    AuditKey key = signer.publicKeyOrNew();
    byte[] signature = signer.sign(CheckpointText.of(storeId, sequence, head.hash(), now));
    CheckpointRow row =
        new CheckpointRow(
            sequence, head.hash(), now, key.fingerprint(), HexFormat.of().formatHex(signature));
    database.write(handle -> {
      CheckpointRows.insertKey(handle, key.fingerprint(), key.toBase64(), now);
      return CheckpointRows.insert(handle, row);
    });
  }

  private void remember(AuditRow head) {
    Optional<Rollback> rollback = rollback();
    if (rollback.isPresent()) {
      // Nothing may cover this up: the next opening has to refuse the store.
      LOG.error("event=store_rolled_back reason=\"{}\"", rollback.get().explanation());
      return;
    }
    try {
      witness.advance(head.sequence(), head.hash());
    } catch (HsmException.AccessDenied e) {
      // A crypto user of a cluster: whoever may make keys keeps the witness.
      LOG.debug("event=audit_witness_not_allowed reason=\"{}\"", e.getMessage());
    }
  }

  private Optional<Rollback> rollback(Witness.Vouched vouched) {
    return database.read(handle -> {
      long end = AuditRows.last(handle).map(AuditRow::sequence).orElse(0L);
      Optional<AuditRow> row = AuditRows.find(handle, vouched.sequence());
      return row.filter(vouched::isOf).isPresent()
          ? Optional.empty()
          : Optional.of(new Rollback(end, vouched.sequence()));
    });
  }
}
