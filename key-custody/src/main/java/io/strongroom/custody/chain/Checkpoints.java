package io.strongroom.custody.chain;

import io.strongroom.custody.store.AuditRow;
import io.strongroom.custody.store.AuditRows;
import io.strongroom.custody.store.CheckpointRow;
import io.strongroom.custody.store.Database;
import io.strongroom.hsm.Digest;
import io.strongroom.hsm.Hsm;
import io.strongroom.hsm.HsmException;
import io.strongroom.hsm.KeyId;
import io.strongroom.hsm.KeySpec;
import io.strongroom.hsm.KeyType;
import io.strongroom.hsm.MacAlgorithm;
import java.nio.charset.StandardCharsets;
import java.security.MessageDigest;
import java.time.Clock;
import java.util.HexFormat;
import java.util.Optional;
import org.jspecify.annotations.Nullable;

/**
 * Vouches for the chain's head with an HMAC key that lives in the HSM, so that neither cutting the
 * trail behind a checkpoint nor writing a new chain up to it goes unnoticed. The MAC covers the
 * store's id, the record's number and its hash.
 */
public final class Checkpoints {

  /** The label of the key in the HSM. */
  public static final String KEY_LABEL = "custody/audit-mac";

  private final Hsm hsm;
  private final Database database;
  private final Clock clock;
  private final String storeId;
  private volatile @Nullable KeyId key;

  /** Checkpoints of the store with this id. */
  public Checkpoints(Hsm hsm, Database database, Clock clock, String storeId) {
    this.hsm = hsm;
    this.database = database;
    this.clock = clock;
    this.storeId = storeId;
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
    CheckpointRow row =
        new CheckpointRow(sequence, hash, mac(keyOrNew(), sequence, hash), clock.millis());
    database.write(handle -> {
      AuditRows.insert(handle, row);
      return row;
    });
  }

  /** Whether a checkpoint was made by the HSM's key. */
  boolean verifies(CheckpointRow row) {
    byte[] wanted = hex(mac(existingKey(), row.sequence(), row.hash()));
    return MessageDigest.isEqual(wanted, hex(row.mac()));
  }

  private String mac(KeyId id, long sequence, String hash) {
    String message = "strongroom audit checkpoint 1\n" + storeId + "\n" + sequence + "\n" + hash;
    byte[] mac =
        hsm.mac(
            id, new MacAlgorithm.Hmac(Digest.SHA_256), message.getBytes(StandardCharsets.UTF_8));
    return HexFormat.of().formatHex(mac);
  }

  private KeyId existingKey() {
    KeyId known = key;
    if (known == null) {
      known = hsm.key(KEY_LABEL).id();
      key = known;
    }
    return known;
  }

  private KeyId keyOrNew() {
    try {
      return existingKey();
    } catch (HsmException.KeyNotFound absent) {
      KeyId id = KeyId.of(hsm.random(KeyId.BYTES));
      try {
        hsm.create(KeySpec.of(id, KEY_LABEL, KeyType.secret(256)));
      } catch (HsmException.KeyExists other) {
        // Another process made it in between; its key is the one to use.
        return existingKey();
      }
      return existingKey();
    }
  }

  private static byte[] hex(String text) {
    try {
      return HexFormat.of().parseHex(text);
    } catch (IllegalArgumentException e) {
      return new byte[0];
    }
  }
}
