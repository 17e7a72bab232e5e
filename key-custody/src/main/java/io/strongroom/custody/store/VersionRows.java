package io.strongroom.custody.store;

import java.sql.ResultSet;
import java.sql.SQLException;
import java.util.Collection;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.stream.Collectors;
import org.jdbi.v3.core.Handle;

/** The table {@code cmk_version}. */
public final class VersionRows {

  private static final String SELECT =
      "SELECT cmk_id, version, hsm_key_id, kcv, fingerprint, created_ms, expires_ms"
          + " FROM cmk_version ";

  private VersionRows() {}

  /** Adds a version, or gives one whose material was gone its material back. */
  public static void put(Handle handle, VersionRow row) {
    handle.execute(
        "INSERT INTO cmk_version (cmk_id, version, hsm_key_id, kcv, fingerprint, created_ms,"
            + " expires_ms) VALUES (?, ?, ?, ?, ?, ?, ?) ON CONFLICT (cmk_id, version) DO UPDATE"
            + " SET hsm_key_id = excluded.hsm_key_id, created_ms = excluded.created_ms,"
            + " expires_ms = excluded.expires_ms",
        row.cmkId(),
        row.version(),
        row.hsmKeyId(),
        row.kcv(),
        row.fingerprint(),
        row.createdMs(),
        row.expiresMs());
  }

  /** One version. */
  public static Optional<VersionRow> find(Handle handle, String cmkId, int version) {
    return handle
        .createQuery(SELECT + "WHERE cmk_id = :cmk AND version = :version")
        .bind("cmk", cmkId)
        .bind("version", version)
        .map((rs, ctx) -> row(rs))
        .findOne();
  }

  /** All versions of a CMK, the oldest first. */
  public static List<VersionRow> of(Handle handle, String cmkId) {
    return handle
        .createQuery(SELECT + "WHERE cmk_id = :cmk ORDER BY version")
        .bind("cmk", cmkId)
        .map((rs, ctx) -> row(rs))
        .list();
  }

  /** All versions of CMKs, by CMK, the oldest first; those without any are left out. */
  public static Map<String, List<VersionRow>> of(Handle handle, Collection<String> cmkIds) {
    if (cmkIds.isEmpty()) {
      return Map.of();
    }
    return handle
        .createQuery(SELECT + "WHERE cmk_id IN (<ids>) ORDER BY cmk_id, version")
        .bindList("ids", cmkIds)
        .map((rs, ctx) -> row(rs))
        .collect(Collectors.groupingBy(VersionRow::cmkId));
  }

  /** The versions whose material has expired and is still there. */
  public static List<VersionRow> expired(Handle handle, long nowMs) {
    return handle
        .createQuery(SELECT + "WHERE hsm_key_id IS NOT NULL AND expires_ms <= :now")
        .bind("now", nowMs)
        .map((rs, ctx) -> row(rs))
        .list();
  }

  /** Records that a CMK's material is gone. */
  public static void forgetMaterial(Handle handle, String cmkId) {
    handle.execute("UPDATE cmk_version SET hsm_key_id = NULL WHERE cmk_id = ?", cmkId);
  }

  private static VersionRow row(ResultSet rs) throws SQLException {
    return new VersionRow(
        rs.getString("cmk_id"),
        rs.getInt("version"),
        rs.getString("hsm_key_id"),
        rs.getString("kcv"),
        rs.getString("fingerprint"),
        rs.getLong("created_ms"),
        Columns.nullableLong(rs, "expires_ms"));
  }
}
