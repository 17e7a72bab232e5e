package io.strongroom.custody.store;

import java.sql.ResultSet;
import java.sql.SQLException;
import java.util.Optional;
import org.jdbi.v3.core.Handle;
import org.jspecify.annotations.Nullable;

/**
 * A CMK with one of its versions, read in one statement, as every encryption needs it. The
 * version's columns are null where it has no such version.
 */
public record UsableKey(
    String cmkId,
    String spec,
    String use,
    String origin,
    String state,
    int version,
    @Nullable String hsmKeyId,
    @Nullable Long expiresMs) {

  private static final String COLUMNS =
      "SELECT c.id, c.spec, c.key_use, c.origin, c.state, v.version, v.hsm_key_id, v.expires_ms"
          + " FROM cmk c ";

  /** The CMK with this id and its current version. */
  public static Optional<UsableKey> byId(Handle handle, String cmkId) {
    return query(
        handle,
        COLUMNS
            + "LEFT JOIN cmk_version v ON v.cmk_id = c.id AND v.version = c.current_version"
            + " WHERE c.id = ?",
        cmkId);
  }

  /** The CMK that an alias points at and its current version. */
  public static Optional<UsableKey> byAlias(Handle handle, String alias) {
    return query(
        handle,
        COLUMNS
            + "JOIN alias a ON a.cmk_id = c.id"
            + " LEFT JOIN cmk_version v ON v.cmk_id = c.id AND v.version = c.current_version"
            + " WHERE a.name = ?",
        alias);
  }

  /** The CMK with this id and the version that a ciphertext names. */
  public static Optional<UsableKey> byVersion(Handle handle, String cmkId, int version) {
    return query(
        handle,
        COLUMNS + "LEFT JOIN cmk_version v ON v.cmk_id = c.id AND v.version = ? WHERE c.id = ?",
        version,
        cmkId);
  }

  private static Optional<UsableKey> query(Handle handle, String sql, Object... arguments) {
    return handle.select(sql, arguments).map((rs, ctx) -> row(rs)).findOne();
  }

  private static UsableKey row(ResultSet rs) throws SQLException {
    return new UsableKey(
        rs.getString("id"),
        rs.getString("spec"),
        rs.getString("key_use"),
        rs.getString("origin"),
        rs.getString("state"),
        rs.getInt("version"),
        rs.getString("hsm_key_id"),
        Columns.nullableLong(rs, "expires_ms"));
  }
}
