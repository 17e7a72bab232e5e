package io.strongroom.custody.chain;

import io.strongroom.custody.store.AuditRow;
import io.strongroom.custody.store.AuditRows;
import io.strongroom.custody.store.CheckpointRow;
import io.strongroom.custody.store.Database;
import io.strongroom.hsm.Hsm;
import io.strongroom.hsm.HsmException;
import java.nio.charset.StandardCharsets;
import java.time.Clock;
import java.util.HexFormat;
import java.util.Optional;

/**
 * Vouches for the chain's head with an HMAC key that lives in the HSM, so that neither cutting the
 * trail behind a checkpoint nor writing a new chain up to it goes unnoticed. The MAC covers the
 * store's id, the record's number and its hash.
 */
public final class Checkpoints {

  /** The label of the key in the HSM. */
  public static final String KEY_LABEL = "custody/audit-mac";

  private static final String PURPOSE = "strongroom audit checkpoint 1";

  private final StoreMac mac;
  private final Database database;
  private final Clock clock;

  /** Checkpoints of the store with this id. */
  public Checkpoints(Hsm hsm, Database database, Clock clock, String storeId) {
    this.mac = new StoreMac(hsm, KEY_LABEL, PURPOSE, storeId);
    this.database = database;
    this.clock = clock;
  }

  /**
   * Writes a checkpoint for the head, unless it has one.
   *
   * @throws HsmException if the HSM cannot do it now; nothing is written then
   */
  public void write() {
    Optional<AuditRow> head = database.read(AuditRows::last);
    if (head.isEmpty()) {
      return;
    }
    long sequence = head.get().sequence();
    String hash = head.get().hash();
    String made = HexFormat.of().formatHex(mac.make(message(sequence, hash)));
    CheckpointRow row = new CheckpointRow(sequence, hash, made, clock.millis());
    database.write(handle -> {
      AuditRows.insert(handle, row);
      return row;
    });
  }

  /** Whether a checkpoint was made by the HSM's key. */
  boolean verifies(CheckpointRow row) {
    return mac.verifies(message(row.sequence(), row.hash()), hex(row.mac()));
  }

  private static byte[] message(long sequence, String hash) {
    return (sequence + "\n" + hash).getBytes(StandardCharsets.UTF_8);
  }

  private static byte[] hex(String text) {
    try {
      return HexFormat.of().parseHex(text);
    } catch (IllegalArgumentException e) {
      return new byte[0];
    }
  }
}
