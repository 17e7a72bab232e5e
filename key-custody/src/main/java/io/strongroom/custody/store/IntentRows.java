package io.strongroom.custody.store;

import java.sql.ResultSet;
import java.sql.SQLException;
import java.util.List;
import java.util.Optional;
import org.jdbi.v3.core.Handle;

/** The table {@code hsm_intent}. */
public final class IntentRows {

  private static final String SELECT =
      "SELECT hsm_key_id, label, kind, owner, since_ms FROM hsm_intent ";

  private IntentRows() {}

  /** Adds an intent. */
  public static void insert(Handle handle, IntentRow row) {
    handle.execute(
        "INSERT INTO hsm_intent (hsm_key_id, label, kind, owner, since_ms) VALUES (?, ?, ?, ?, ?)",
        row.hsmKeyId(),
        row.label(),
        row.kind().name(),
        row.owner(),
        row.sinceMs());
  }

  /** The intent for a label. */
  public static Optional<IntentRow> find(Handle handle, String label) {
    return handle
        .createQuery(SELECT + "WHERE label = :label")
        .bind("label", label)
        .map((rs, ctx) -> row(rs))
        .findOne();
  }

  /** All intents, the oldest first. */
  public static List<IntentRow> all(Handle handle) {
    return handle.createQuery(SELECT + "ORDER BY since_ms").map((rs, ctx) -> row(rs)).list();
  }

  /**
   * Makes a birth that its owner will not finish a doomed key; false if it is no birth any more.
   */
  public static boolean doom(Handle handle, String hsmKeyId) {
    return handle.execute(
            "UPDATE hsm_intent SET kind = 'DOOMED' WHERE hsm_key_id = ? AND kind = 'BIRTH'",
            hsmKeyId)
        == 1;
  }

  /** Removes an intent of this kind; false if there is none. */
  public static boolean delete(Handle handle, String hsmKeyId, IntentRow.Kind kind) {
    return handle.execute(
            "DELETE FROM hsm_intent WHERE hsm_key_id = ? AND kind = ?", hsmKeyId, kind.name())
        == 1;
  }

  private static IntentRow row(ResultSet rs) throws SQLException {
    return new IntentRow(
        rs.getString("hsm_key_id"),
        rs.getString("label"),
        IntentRow.Kind.valueOf(rs.getString("kind")),
        rs.getString("owner"),
        rs.getLong("since_ms"));
  }
}
