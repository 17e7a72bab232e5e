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
      "SELECT seq, id, spec, key_use, origin, state, description, created_ms, current_version,"
          + " delete_after_ms, rotation_days, next_rotation_ms FROM cmk ";

  private CmkRows() {}

  /** The place in lists of the next CMK; nobody else gets it while this transaction writes. */
  public static long nextSequence(Handle handle) {
    return handle
        .createQuery(
            "SELECT 1 + COALESCE(MAX(last), 0) FROM (SELECT MAX(seq) AS last FROM cmk"
                + " UNION ALL SELECT MAX(seq) AS last FROM destroyed_key) AS used")
        .mapTo(Long.class)
        .one();
  }

  /** Adds a CMK. */
  public static void insert(Handle handle, CmkRow row) {
    CmkRow.Rotation rotation = row.rotation();
    handle.execute(
        "INSERT INTO cmk (seq, id, spec, key_use, origin, state, description, created_ms,"
            + " current_version, delete_after_ms, rotation_days, next_rotation_ms)"
            + " VALUES (?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?)",
        row.sequence(),
        row.id(),
        row.spec(),
        row.use(),
        row.origin(),
        row.state(),
        row.description(),
        row.createdMs(),
        row.currentVersion(),
        row.deleteAfterMs(),
        rotation == null ? null : rotation.days(),
        rotation == null ? null : rotation.nextMs());
  }

  /** The CMK with this id. */
  public static Optional<CmkRow> find(Handle handle, String id) {
    return handle
        .createQuery(SELECT + "WHERE id = :id")
        .bind("id", id)
        .map((rs, ctx) -> row(rs))
        .findOne();
  }

  /** Some CMKs in the order in which they were created. */
  public static List<CmkRow> page(Handle handle, CmkFilter filter) {
    return filter.query(handle, SELECT).map((rs, ctx) -> row(rs)).list();
  }

  /** The CMKs whose time to be destroyed has come. */
  public static List<CmkRow> dueForDeletion(Handle handle, long nowMs) {
    return handle
        .createQuery(SELECT + "WHERE delete_after_ms <= :now")
        .bind("now", nowMs)
        .map((rs, ctx) -> row(rs))
        .list();
  }

  /** The enabled CMKs whose time for a new version has come. */
  public static List<CmkRow> dueForRotation(Handle handle, long nowMs) {
    return handle
        .createQuery(SELECT + "WHERE state = 'ENABLED' AND next_rotation_ms <= :now ORDER BY seq")
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

  /** Changes what its owner says of it. */
  public static void setDescription(Handle handle, String id, String description) {
    handle.execute("UPDATE cmk SET description = ? WHERE id = ?", description, id);
  }

  /** Changes how often it gets a new version, and when the next one is due; null for never. */
  public static void setRotation(Handle handle, String id, CmkRow.@Nullable Rotation rotation) {
    handle.execute(
        "UPDATE cmk SET rotation_days = ?, next_rotation_ms = ? WHERE id = ?",
        rotation == null ? null : rotation.days(),
        rotation == null ? null : rotation.nextMs(),
        id);
  }

  /** Removes a CMK and everything that hangs on it. */
  public static void delete(Handle handle, String id) {
    handle.execute("DELETE FROM alias WHERE cmk_id = ?", id);
    handle.execute("DELETE FROM cmk_tag WHERE cmk_id = ?", id);
    handle.execute("DELETE FROM wrapping_key WHERE cmk_id = ?", id);
    handle.execute("DELETE FROM cmk_version WHERE cmk_id = ?", id);
    handle.execute("DELETE FROM cmk WHERE id = ?", id);
  }

  private static CmkRow row(ResultSet rs) throws SQLException {
    Long nextRotationMs = Columns.nullableLong(rs, "next_rotation_ms");
    return new CmkRow(
        rs.getLong("seq"),
        rs.getString("id"),
        rs.getString("spec"),
        rs.getString("key_use"),
        rs.getString("origin"),
        rs.getString("state"),
        rs.getString("description"),
        rs.getLong("created_ms"),
        rs.getInt("current_version"),
        Columns.nullableLong(rs, "delete_after_ms"),
        nextRotationMs == null
            ? null
            : new CmkRow.Rotation(rs.getInt("rotation_days"), nextRotationMs));
  }
}
