package io.strongroom.custody.store;

import java.sql.ResultSet;
import java.sql.SQLException;
import java.util.Collection;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.stream.Collectors;
import org.jdbi.v3.core.Handle;

/** The table {@code alias}. */
public final class AliasRows {

  private AliasRows() {}

  /** Adds an alias; false if there is one of that name. */
  public static boolean insert(Handle handle, AliasRow row) {
    return handle.execute(
            "INSERT INTO alias (name, cmk_id, updated_ms) VALUES (?, ?, ?)"
                + " ON CONFLICT (name) DO NOTHING",
            row.name(),
            row.cmkId(),
            row.updatedMs())
        == 1;
  }

  /** Moves an alias; false if it does not point at {@code from}. */
  public static boolean move(Handle handle, String from, AliasRow to) {
    return handle.execute(
            "UPDATE alias SET cmk_id = ?, updated_ms = ? WHERE name = ? AND cmk_id = ?",
            to.cmkId(),
            to.updatedMs(),
            to.name(),
            from)
        == 1;
  }

  /** Removes an alias; false if there is none. */
  public static boolean delete(Handle handle, String name) {
    return handle.execute("DELETE FROM alias WHERE name = ?", name) == 1;
  }

  /** The alias of this name. */
  public static Optional<AliasRow> find(Handle handle, String name) {
    return handle
        .createQuery("SELECT name, cmk_id, updated_ms FROM alias WHERE name = :name")
        .bind("name", name)
        .map((rs, ctx) -> row(rs))
        .findOne();
  }

  /** All aliases, sorted by name. */
  public static List<AliasRow> all(Handle handle) {
    return handle
        .createQuery("SELECT name, cmk_id, updated_ms FROM alias ORDER BY name")
        .map((rs, ctx) -> row(rs))
        .list();
  }

  /** The aliases that point at a CMK, sorted by name. */
  public static List<String> of(Handle handle, String cmkId) {
    return handle
        .createQuery("SELECT name FROM alias WHERE cmk_id = :cmk ORDER BY name")
        .bind("cmk", cmkId)
        .mapTo(String.class)
        .list();
  }

  /** The aliases that point at CMKs, by CMK, sorted by name; those without any are left out. */
  public static Map<String, List<String>> of(Handle handle, Collection<String> cmkIds) {
    if (cmkIds.isEmpty()) {
      return Map.of();
    }
    return handle
        .createQuery(
            "SELECT name, cmk_id, updated_ms FROM alias WHERE cmk_id IN (<ids>) ORDER BY name")
        .bindList("ids", cmkIds)
        .map((rs, ctx) -> row(rs))
        .collect(
            Collectors.groupingBy(
                AliasRow::cmkId, Collectors.mapping(AliasRow::name, Collectors.toList())));
  }

  private static AliasRow row(ResultSet rs) throws SQLException {
    return new AliasRow(rs.getString("name"), rs.getString("cmk_id"), rs.getLong("updated_ms"));
  }
}
