package io.strongroom.custody.store;

import java.sql.ResultSet;
import java.sql.SQLException;
import java.util.List;
import java.util.Optional;
import java.util.stream.Stream;
import org.jdbi.v3.core.Handle;

/** The tables {@code audit} and {@code audit_checkpoint}. */
public final class AuditRows {

  private static final String SELECT =
      "SELECT seq, time_ms, principal, operation, key_id, alias, result, nodes, details,"
          + " checkpoint_seq, previous_hash, hash FROM audit ";

  private AuditRows() {}

  /** Appends a record. */
  public static void insert(Handle handle, AuditRow row) {
    handle.execute(
        "INSERT INTO audit (seq, time_ms, principal, operation, key_id, alias, result, nodes,"
            + " details, checkpoint_seq, previous_hash, hash)"
            + " VALUES (?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?)",
        row.sequence(),
        row.timeMs(),
        row.principal(),
        row.operation(),
        row.keyId(),
        row.alias(),
        row.result(),
        row.nodes(),
        row.details(),
        row.checkpointSequence(),
        row.previousHash(),
        row.hash());
  }

  /** The last record. */
  public static Optional<AuditRow> last(Handle handle) {
    return handle
        .createQuery(SELECT + "ORDER BY seq DESC LIMIT 1")
        .map((rs, ctx) -> row(rs))
        .findOne();
  }

  /** The last records, newest first. */
  public static List<AuditRow> newest(Handle handle, int count) {
    return handle
        .createQuery(SELECT + "ORDER BY seq DESC LIMIT :count")
        .bind("count", count)
        .map((rs, ctx) -> row(rs))
        .list();
  }

  /** Records after a sequence number, oldest first. */
  public static List<AuditRow> after(Handle handle, long sequence, int count) {
    return handle
        .createQuery(SELECT + "WHERE seq > :seq ORDER BY seq LIMIT :count")
        .bind("seq", sequence)
        .bind("count", count)
        .map((rs, ctx) -> row(rs))
        .list();
  }

  /** All records, oldest first; to be closed. */
  public static Stream<AuditRow> all(Handle handle) {
    return handle.createQuery(SELECT + "ORDER BY seq").map((rs, ctx) -> row(rs)).stream();
  }

  /** Appends a checkpoint, unless there is one for this record already. */
  public static void insert(Handle handle, CheckpointRow row) {
    handle.execute(
        "INSERT INTO audit_checkpoint (seq, hash, mac, time_ms) VALUES (?, ?, ?, ?)"
            + " ON CONFLICT (seq) DO NOTHING",
        row.sequence(),
        row.hash(),
        row.mac(),
        row.timeMs());
  }

  /** The number of the last record that a checkpoint vouches for; 0 if none does. */
  public static long lastCheckpoint(Handle handle) {
    return handle
        .createQuery("SELECT COALESCE(MAX(seq), 0) FROM audit_checkpoint")
        .mapTo(Long.class)
        .one();
  }

  /** All checkpoints, oldest first. */
  public static List<CheckpointRow> checkpoints(Handle handle) {
    return handle
        .createQuery("SELECT seq, hash, mac, time_ms FROM audit_checkpoint ORDER BY seq")
        .map((rs, ctx) ->
            new CheckpointRow(
                rs.getLong("seq"),
                rs.getString("hash"),
                rs.getString("mac"),
                rs.getLong("time_ms")))
        .list();
  }

  private static AuditRow row(ResultSet rs) throws SQLException {
    return new AuditRow(
        rs.getLong("seq"),
        rs.getLong("time_ms"),
        rs.getString("principal"),
        rs.getString("operation"),
        rs.getString("key_id"),
        rs.getString("alias"),
        rs.getString("result"),
        rs.getString("nodes"),
        rs.getString("details"),
        rs.getLong("checkpoint_seq"),
        rs.getString("previous_hash"),
        rs.getString("hash"));
  }
}
