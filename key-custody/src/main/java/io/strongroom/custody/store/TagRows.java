package io.strongroom.custody.store;

import java.util.Collection;
import java.util.List;
import java.util.Map;
import java.util.TreeMap;
import org.jdbi.v3.core.Handle;

/** The table {@code cmk_tag}. */
public final class TagRows {

  private TagRows() {}

  /** Adds a tag, or changes its value. */
  public static void put(Handle handle, String cmkId, String name, String value) {
    handle.execute(
        "INSERT INTO cmk_tag (cmk_id, name, value) VALUES (?, ?, ?)"
            + " ON CONFLICT (cmk_id, name) DO UPDATE SET value = excluded.value",
        cmkId,
        name,
        value);
  }

  /** Removes a tag, if it is there. */
  public static void delete(Handle handle, String cmkId, String name) {
    handle.execute("DELETE FROM cmk_tag WHERE cmk_id = ? AND name = ?", cmkId, name);
  }

  /** The tags of one CMK, sorted by name. */
  public static Map<String, String> of(Handle handle, String cmkId) {
    return of(handle, List.of(cmkId)).getOrDefault(cmkId, Map.of());
  }

  /** The tags of CMKs, by CMK; those without any are left out. */
  public static Map<String, Map<String, String>> of(Handle handle, Collection<String> cmkIds) {
    Map<String, Map<String, String>> tags = new TreeMap<>();
    if (!cmkIds.isEmpty()) {
      handle
          .createQuery("SELECT cmk_id, name, value FROM cmk_tag WHERE cmk_id IN (<ids>)")
          .bindList("ids", cmkIds)
          .map((rs, ctx) ->
              tags.computeIfAbsent(rs.getString("cmk_id"), _ -> new TreeMap<>())
                  .put(rs.getString("name"), rs.getString("value")))
          .list();
    }
    return tags;
  }
}
