package io.strongroom.custody.store;

import java.sql.ResultSet;
import java.sql.SQLException;
import java.util.List;
import org.jdbi.v3.core.Handle;
import org.jspecify.annotations.Nullable;

/** What the whole store says that there is in the HSM, for comparison with the HSM. Only reads. */
public final class CensusRows {

  /** A version of a CMK, with what is known of the CMK. */
  public record Version(
      String cmkId,
      int version,
      @Nullable String hsmKeyId,
      String kcv,
      String spec,
      String origin,
      String state,
      int currentVersion) {

    /** Whether it is the version that encrypts. */
    public boolean isCurrent() {
      return version == currentVersion;
    }
  }

  /** A wrapping key that can still be used, as far as the store knows. */
  public record WrappingKey(
      String tokenHash, String cmkId, String hsmKeyId, String label, long expiresMs) {}

  /** An alias; {@code state} is null where there is no such CMK. */
  public record Alias(String name, String cmkId, @Nullable String state) {}

  /** A CMK that names a version which it does not have. */
  public record Unversioned(String cmkId, String state, int currentVersion) {}

  private CensusRows() {}

  /** All versions of all CMKs. */
  public static List<Version> versions(Handle handle) {
    return handle
        .createQuery(
            "SELECT v.cmk_id, v.version, v.hsm_key_id, v.kcv, c.spec, c.origin, c.state,"
                + " c.current_version FROM cmk_version v JOIN cmk c ON c.id = v.cmk_id"
                + " ORDER BY v.cmk_id, v.version")
        .map((rs, ctx) -> version(rs))
        .list();
  }

  /** CMKs that can be used, or could, without the version that they name. */
  public static List<Unversioned> unversioned(Handle handle) {
    return handle
        .createQuery(
            "SELECT c.id, c.state, c.current_version FROM cmk c WHERE c.state <> 'PENDING_IMPORT'"
                + " AND c.state <> 'PENDING_DELETION' AND NOT EXISTS (SELECT 1 FROM cmk_version v"
                + " WHERE v.cmk_id = c.id AND v.version = c.current_version) ORDER BY c.id")
        .map((rs, ctx) ->
            new Unversioned(
                rs.getString("id"), rs.getString("state"), rs.getInt("current_version")))
        .list();
  }

  /** Wrapping keys that can still be used. */
  public static List<WrappingKey> wrappingKeys(Handle handle) {
    return handle
        .createQuery(
            "SELECT token_hash, cmk_id, hsm_key_id, label, expires_ms FROM wrapping_key"
                + " WHERE status = 'OPEN' ORDER BY label")
        .map((rs, ctx) ->
            new WrappingKey(
                rs.getString("token_hash"),
                rs.getString("cmk_id"),
                rs.getString("hsm_key_id"),
                rs.getString("label"),
                rs.getLong("expires_ms")))
        .list();
  }

  /** All aliases. */
  public static List<Alias> aliases(Handle handle) {
    return handle
        .createQuery(
            "SELECT a.name, a.cmk_id, c.state FROM alias a LEFT JOIN cmk c ON c.id = a.cmk_id"
                + " ORDER BY a.name")
        .map((rs, ctx) ->
            new Alias(rs.getString("name"), rs.getString("cmk_id"), rs.getString("state")))
        .list();
  }

  /** Whether anything in the store accounts for a key in the HSM. */
  public static boolean isAccountedFor(Handle handle, String hsmKeyId) {
    return handle
            .createQuery(
                "SELECT (SELECT COUNT(*) FROM cmk_version WHERE hsm_key_id = :id)"
                    + " + (SELECT COUNT(*) FROM wrapping_key WHERE hsm_key_id = :id"
                    + " AND status = 'OPEN') + (SELECT COUNT(*) FROM hsm_intent"
                    + " WHERE hsm_key_id = :id)")
            .bind("id", hsmKeyId)
            .mapTo(Long.class)
            .one()
        > 0;
  }

  private static Version version(ResultSet rs) throws SQLException {
    return new Version(
        rs.getString("cmk_id"),
        rs.getInt("version"),
        rs.getString("hsm_key_id"),
        rs.getString("kcv"),
        rs.getString("spec"),
        rs.getString("origin"),
        rs.getString("state"),
        rs.getInt("current_version"));
  }
}
