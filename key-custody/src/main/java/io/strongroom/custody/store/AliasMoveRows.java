package io.strongroom.custody.store;

import java.sql.ResultSet;
import java.sql.SQLException;
import java.util.List;
import java.util.Optional;
import org.jdbi.v3.core.Handle;
import org.jspecify.annotations.Nullable;

/** The table {@code alias_move}: where aliases pointed before. */
public final class AliasMoveRows {

  private static final String SELECT =
      "SELECT sequence, alias, from_id, to_id, kind, principal, time_ms, usable_until_ms,"
          + " retired_ms FROM alias_move ";

  /** The alias has not come back to the key that it left then. */
  private static final String STANDS =
      " NOT EXISTS (SELECT 1 FROM alias_move b WHERE b.alias = m.alias"
          + " AND b.sequence > m.sequence AND b.to_id = m.from_id)";

  private AliasMoveRows() {}

  /** Appends a move; its sequence number is given here. For writing transactions only. */
  public static void append(Handle handle, AliasMoveRow row) {
    handle.execute(
        "INSERT INTO alias_move (sequence, alias, from_id, to_id, kind, principal, time_ms,"
            + " usable_until_ms) VALUES ((SELECT COALESCE(MAX(sequence), 0) + 1 FROM alias_move),"
            + " ?, ?, ?, ?, ?, ?, ?)",
        row.alias(),
        row.fromId(),
        row.toId(),
        row.kind(),
        row.principal(),
        row.timeMs(),
        row.usableUntilMs());
  }

  /** All moves of an alias, the newest first. */
  public static List<AliasMoveRow> of(Handle handle, String alias) {
    return handle
        .createQuery(SELECT + "WHERE alias = :alias ORDER BY sequence DESC")
        .bind("alias", alias)
        .map((rs, ctx) -> row(rs))
        .list();
  }

  /** The last move of an alias. */
  public static Optional<AliasMoveRow> last(Handle handle, String alias) {
    return handle
        .createQuery(SELECT + "WHERE alias = :alias ORDER BY sequence DESC LIMIT 1")
        .bind("alias", alias)
        .map((rs, ctx) -> row(rs))
        .findOne();
  }

  /** The last move because of which a key was retired. */
  public static Optional<AliasMoveRow> retirement(Handle handle, String cmkId) {
    return handle
        .createQuery(
            SELECT
                + "WHERE from_id = :cmk AND retired_ms IS NOT NULL ORDER BY sequence DESC LIMIT 1")
        .bind("cmk", cmkId)
        .map((rs, ctx) -> row(rs))
        .findOne();
  }

  /**
   * The Enabled CMKs that aliases have left, that none points at any more, and whose time after the
   * move is over; where several aliases left one, after the last of these times.
   */
  public static List<String> due(Handle handle, long nowMs) {
    return handle
        .createQuery(
            "SELECT DISTINCT m.from_id FROM alias_move m JOIN cmk c ON c.id = m.from_id"
                + " WHERE m.usable_until_ms <= :now AND m.retired_ms IS NULL"
                + " AND c.state = 'ENABLED' AND"
                + STANDS
                + " AND NOT EXISTS (SELECT 1 FROM alias a WHERE a.cmk_id = m.from_id)"
                + " AND m.from_id NOT IN (SELECT m.from_id FROM alias_move m WHERE"
                + " (m.usable_until_ms IS NULL OR m.usable_until_ms > :now) AND"
                + STANDS
                + ")")
        .bind("now", nowMs)
        .mapTo(String.class)
        .list();
  }

  /** Notes that a key was retired because of the moves whose time is over. */
  public static void retire(Handle handle, String cmkId, long nowMs) {
    handle.execute(
        "UPDATE alias_move SET retired_ms = ? WHERE from_id = ? AND usable_until_ms <= ?"
            + " AND retired_ms IS NULL",
        nowMs,
        cmkId,
        nowMs);
  }

  /** How long the key that an alias leaves stays usable, in milliseconds; empty for ever. */
  public static Optional<Long> policy(Handle handle, String alias) {
    return handle
        .createQuery("SELECT previous_usable_ms FROM alias_policy WHERE alias = :alias")
        .bind("alias", alias)
        .mapTo(Long.class)
        .findOne();
  }

  /** Sets that; null for ever. */
  public static void setPolicy(Handle handle, String alias, @Nullable Long usableMs) {
    handle.execute("DELETE FROM alias_policy WHERE alias = ?", alias);
    if (usableMs != null) {
      handle.execute(
          "INSERT INTO alias_policy (alias, previous_usable_ms) VALUES (?, ?)", alias, usableMs);
    }
  }

  private static AliasMoveRow row(ResultSet rs) throws SQLException {
    return new AliasMoveRow(
        rs.getLong("sequence"),
        rs.getString("alias"),
        rs.getString("from_id"),
        rs.getString("to_id"),
        rs.getString("kind"),
        rs.getString("principal"),
        rs.getLong("time_ms"),
        Columns.nullableLong(rs, "usable_until_ms"),
        Columns.nullableLong(rs, "retired_ms"));
  }
}
