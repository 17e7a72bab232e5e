package io.strongroom.custody.store;

import org.jdbi.v3.core.Handle;

/** What a PostgreSQL server must be and do, so that custody can rely on it. */
final class PostgresCheck {

  private static final int VERSIONS_PER_RELEASE = 10_000;

  private PostgresCheck() {}

  static void requireAtLeast(int release, Handle handle) {
    requireAtLeast(release, Integer.parseInt(setting(handle, "server_version_num")));
  }

  /** The same for a number as {@code server_version_num} has it: 150018 is 15.18. */
  static void requireAtLeast(int release, int versionNumber) {
    if (versionNumber / VERSIONS_PER_RELEASE < release) {
      throw new IllegalStateException(
          "PostgreSQL %d is too old, %d or newer is wanted; upgrade the server"
              .formatted(versionNumber / VERSIONS_PER_RELEASE, release));
    }
  }

  static void requireDurable(Handle handle) {
    for (String name : new String[] {"fsync", "full_page_writes"}) {
      if (!setting(handle, name).equals("on")) {
        throw new IllegalStateException(
            "the server runs with %s=off, so that a crash could lose what custody has acknowledged; turn it on in postgresql.conf"
                .formatted(name));
      }
    }
  }

  /**
   * Without one, tables would have no place; {@code currentSchema} may name one that is not there.
   */
  static void requireSchema(Handle handle) {
    if (handle.createQuery("SELECT current_schema()").mapTo(String.class).findOne().isEmpty()) {
      throw new IllegalStateException(
          "there is no schema %s that this role may use; create it, or grant usage on it"
              .formatted(setting(handle, "search_path")));
    }
  }

  private static String setting(Handle handle, String name) {
    return handle
        .createQuery("SELECT current_setting(:name)")
        .bind("name", name)
        .mapTo(String.class)
        .one();
  }
}
