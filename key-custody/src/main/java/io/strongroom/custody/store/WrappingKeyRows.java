package io.strongroom.custody.store;

import io.strongroom.custody.store.WrappingKeyRow.Status;
import java.sql.ResultSet;
import java.sql.SQLException;
import java.util.List;
import java.util.Optional;
import org.jdbi.v3.core.Handle;

/** The table {@code wrapping_key}. */
public final class WrappingKeyRows {

  private static final String SELECT =
      "SELECT token_hash, cmk_id, algorithm, hsm_key_id, label, expires_ms, status"
          + " FROM wrapping_key ";

  private WrappingKeyRows() {}

  /** Adds a wrapping key. */
  public static void insert(Handle handle, WrappingKeyRow row) {
    handle.execute(
        "INSERT INTO wrapping_key (token_hash, cmk_id, algorithm, hsm_key_id, label, expires_ms,"
            + " status) VALUES (?, ?, ?, ?, ?, ?, ?)",
        row.tokenHash(),
        row.cmkId(),
        row.algorithm(),
        row.hsmKeyId(),
        row.label(),
        row.expiresMs(),
        row.status().name());
  }

  /** The wrapping key that a token stands for. */
  public static Optional<WrappingKeyRow> find(Handle handle, String tokenHash) {
    return handle
        .createQuery(SELECT + "WHERE token_hash = :hash")
        .bind("hash", tokenHash)
        .map((rs, ctx) -> row(rs))
        .findOne();
  }

  /** The wrapping keys of a CMK that can still be used. */
  public static List<WrappingKeyRow> open(Handle handle, String cmkId) {
    return handle
        .createQuery(SELECT + "WHERE cmk_id = :cmk AND status = 'OPEN'")
        .bind("cmk", cmkId)
        .map((rs, ctx) -> row(rs))
        .list();
  }

  /** The wrapping keys whose time is over and that nobody has put away. */
  public static List<WrappingKeyRow> expired(Handle handle, long nowMs) {
    return handle
        .createQuery(SELECT + "WHERE status = 'OPEN' AND expires_ms <= :now")
        .bind("now", nowMs)
        .map((rs, ctx) -> row(rs))
        .list();
  }

  /** Changes what became of a wrapping key. */
  public static void setStatus(Handle handle, String tokenHash, Status status) {
    handle.execute(
        "UPDATE wrapping_key SET status = ? WHERE token_hash = ?", status.name(), tokenHash);
  }

  private static WrappingKeyRow row(ResultSet rs) throws SQLException {
    return new WrappingKeyRow(
        rs.getString("token_hash"),
        rs.getString("cmk_id"),
        rs.getString("algorithm"),
        rs.getString("hsm_key_id"),
        rs.getString("label"),
        rs.getLong("expires_ms"),
        Status.valueOf(rs.getString("status")));
  }
}
