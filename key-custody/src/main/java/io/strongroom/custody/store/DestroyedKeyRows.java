package io.strongroom.custody.store;

import java.util.Optional;
import org.jdbi.v3.core.Handle;

/** The table {@code destroyed_key}. */
public final class DestroyedKeyRows {

  private DestroyedKeyRows() {}

  /** Records that a CMK is no more. */
  public static void insert(Handle handle, DestroyedKeyRow row) {
    handle.execute(
        "INSERT INTO destroyed_key (seq, id, spec, origin, created_ms, versions, destroyed_ms)"
            + " VALUES (?, ?, ?, ?, ?, ?, ?)",
        row.sequence(),
        row.id(),
        row.spec(),
        row.origin(),
        row.createdMs(),
        row.versions(),
        row.destroyedMs());
  }

  /** What is left of a CMK. */
  public static Optional<DestroyedKeyRow> find(Handle handle, String id) {
    return handle
        .createQuery(
            "SELECT seq, id, spec, origin, created_ms, versions, destroyed_ms FROM destroyed_key"
                + " WHERE id = :id")
        .bind("id", id)
        .map((rs, ctx) ->
            new DestroyedKeyRow(
                rs.getLong("seq"),
                rs.getString("id"),
                rs.getString("spec"),
                rs.getString("origin"),
                rs.getLong("created_ms"),
                rs.getInt("versions"),
                rs.getLong("destroyed_ms")))
        .findOne();
  }
}
