package io.strongroom.custody.store;

import java.sql.ResultSet;
import java.sql.SQLException;
import java.util.List;
import java.util.Optional;
import org.jdbi.v3.core.Handle;
import org.jspecify.annotations.Nullable;

/** The table {@code cmk}. */
public final class CmkRows {

  private static final String SELECT =
      "SELECT id, spec, origin, state, description, created_ms, current_version, delete_after_ms"
          + " FROM cmk ";

  private CmkRows() {}

  /** Adds a CMK. */
  public static void insert(Handle handle, CmkRow row) {
    handle.execute(
        "INSERT INTO cmk (id, spec, origin, state, description, created_ms, current_version,"
            + " delete_after_ms) VALUES (?, ?, ?, ?, ?, ?, ?, ?)",
        row.id(),
        row.spec(),
        row.origin(),
        row.state(),
        row.description(),
        row.createdMs(),
        row.currentVersion(),
        row.deleteAfterMs());
  }

  /** The CMK with this id. */
  public static Optional<CmkRow> find(Handle handle, String id) {
    return handle
        .createQuery(SELECT + "WHERE id = :id")
        .bind("id", id)
        .map((rs, ctx) -> row(rs))
        .findOne();
  }

  /** All CMKs, the oldest first. */
  public static List<CmkRow> all(Handle handle) {
    return handle.createQuery(SELECT + "ORDER BY created_ms, id").map((rs, ctx) -> row(rs)).list();
  }

  /** The CMKs whose time to be destroyed has come. */
  public static List<CmkRow> dueForDeletion(Handle handle, long nowMs) {
    return handle
        .createQuery(SELECT + "WHERE delete_after_ms <= :now")
        .bind("now", nowMs)
        .map((rs, ctx) -> row(rs))
        .list();
  }

  /** Changes state and day of deletion. */
  public static void setState(
      Handle handle, String id, String state, @Nullable Long deleteAfterMs) {
    handle.execute(
        "UPDATE cmk SET state = ?, delete_after_ms = ? WHERE id = ?", state, deleteAfterMs, id);
  }

  /** Changes the version that encrypts. */
  public static void setCurrentVersion(Handle handle, String id, int version) {
    handle.execute("UPDATE cmk SET current_version = ? WHERE id = ?", version, id);
  }

  /** Removes a CMK and everything that hangs on it. */
  public static void delete(Handle handle, String id) {
    handle.execute("DELETE FROM alias WHERE cmk_id = ?", id);
    handle.execute("DELETE FROM wrapping_key WHERE cmk_id = ?", id);
    handle.execute("DELETE FROM cmk_version WHERE cmk_id = ?", id);
    handle.execute("DELETE FROM cmk WHERE id = ?", id);
  }

  private static CmkRow row(ResultSet rs) throws SQLException {
    return new CmkRow(
        rs.getString("id"),
        rs.getString("spec"),
        rs.getString("origin"),
        rs.getString("state"),
        rs.getString("description"),
        rs.getLong("created_ms"),
        rs.getInt("current_version"),
        Columns.nullableLong(rs, "delete_after_ms"));
  }
}
