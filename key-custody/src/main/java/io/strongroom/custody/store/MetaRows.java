package io.strongroom.custody.store;

import java.util.Optional;
import org.jdbi.v3.core.Handle;

/** The table {@code meta}: what the store knows of itself. */
public final class MetaRows {

  /** The name of the store's own id. */
  public static final String STORE_ID = "store-id";

  private MetaRows() {}

  /** The value under this name. */
  public static Optional<String> find(Handle handle, String name) {
    return handle
        .createQuery("SELECT value FROM meta WHERE name = :name")
        .bind("name", name)
        .mapTo(String.class)
        .findOne();
  }

  /** The value under this name, which becomes {@code ifAbsent} where there is none yet. */
  public static String getOrSet(Handle handle, String name, String ifAbsent) {
    handle.execute(
        "INSERT INTO meta (name, value) VALUES (?, ?) ON CONFLICT (name) DO NOTHING",
        name,
        ifAbsent);
    return find(handle, name).orElseThrow();
  }
}
