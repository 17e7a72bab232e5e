package io.strongroom.custody.store;

import java.util.Map;
import java.util.stream.Collectors;
import org.jdbi.v3.core.Handle;

/** The table {@code hsm_birth}: every key that this store ever had the HSM make. */
public final class BirthRows {

  private BirthRows() {}

  /** Notes that a key is about to be made. */
  public static void insert(Handle handle, String hsmKeyId, String label, long sinceMs) {
    handle.execute(
        "INSERT INTO hsm_birth (hsm_key_id, label, since_ms) VALUES (?, ?, ?)",
        hsmKeyId,
        label,
        sinceMs);
  }

  /** All of them: when each was made, by its id in the HSM. */
  public static Map<String, Long> all(Handle handle) {
    return handle
        .createQuery("SELECT hsm_key_id, since_ms FROM hsm_birth")
        .map((rs, ctx) -> Map.entry(rs.getString("hsm_key_id"), rs.getLong("since_ms")))
        .stream()
        .collect(Collectors.toMap(Map.Entry::getKey, Map.Entry::getValue));
  }
}
