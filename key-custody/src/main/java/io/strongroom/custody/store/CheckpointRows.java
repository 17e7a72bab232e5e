package io.strongroom.custody.store;

import java.sql.ResultSet;
import java.sql.SQLException;
import java.util.List;
import java.util.Optional;
import org.jdbi.v3.core.Handle;

/** The tables {@code audit_checkpoint} and {@code audit_key}. */
public final class CheckpointRows {

  private static final String SELECT =
      "SELECT seq, hash, time_ms, signed_by, signature FROM audit_checkpoint ";

  private CheckpointRows() {}

  /** Appends a checkpoint, unless there is one for this record already. */
  public static boolean insert(Handle handle, CheckpointRow row) {
    return handle.execute(
            "INSERT INTO audit_checkpoint (seq, hash, mac, time_ms, signed_by, signature)"
                + " VALUES (?, ?, '', ?, ?, ?) ON CONFLICT (seq) DO NOTHING",
            row.sequence(),
            row.hash(),
            row.timeMs(),
            row.signedBy(),
            row.signature())
        > 0;
  }

  /** The number of the last record that has a checkpoint; 0 if none has. */
  public static long last(Handle handle) {
    return handle
        .createQuery("SELECT COALESCE(MAX(seq), 0) FROM audit_checkpoint")
        .mapTo(Long.class)
        .one();
  }

  /** The checkpoint of this record. */
  public static Optional<CheckpointRow> find(Handle handle, long sequence) {
    return handle.select(SELECT + "WHERE seq = ?", sequence).map((rs, ctx) -> row(rs)).findOne();
  }

  /** All checkpoints, oldest first. */
  public static List<CheckpointRow> all(Handle handle) {
    return handle.createQuery(SELECT + "ORDER BY seq").map((rs, ctx) -> row(rs)).list();
  }

  /** Keeps a public key that signs, unless it is kept already. */
  public static void insertKey(Handle handle, String fingerprint, String publicKey, long timeMs) {
    handle.execute(
        "INSERT INTO audit_key (fingerprint, public_key, created_ms) VALUES (?, ?, ?)"
            + " ON CONFLICT (fingerprint) DO NOTHING",
        fingerprint,
        publicKey,
        timeMs);
  }

  /** The public keys that have signed, oldest first: SubjectPublicKeyInfo in Base64. */
  public static List<String> keys(Handle handle) {
    return handle
        .createQuery("SELECT public_key FROM audit_key ORDER BY created_ms, fingerprint")
        .mapTo(String.class)
        .list();
  }

  private static CheckpointRow row(ResultSet rs) throws SQLException {
    return new CheckpointRow(
        rs.getLong("seq"),
        rs.getString("hash"),
        rs.getLong("time_ms"),
        rs.getString("signed_by"),
        rs.getString("signature"));
  }
}
