package io.strongroom.custody.store;

import java.util.Map;
import org.jdbi.v3.core.Handle;
import org.jdbi.v3.core.statement.Query;
import org.jspecify.annotations.Nullable;

/**
 * Which CMKs to read: those behind a place in the list, in a state (null for any), with all these
 * tags, and so many at most.
 */
public record CmkFilter(
    long afterSequence, @Nullable String state, Map<String, String> tags, int limit) {

  Query query(Handle handle, String select) {
    StringBuilder sql = new StringBuilder(select).append("WHERE seq > :after");
    if (state != null) {
      sql.append(" AND state = :state");
    }
    for (int i = 0; i < tags.size(); i++) {
      sql.append(
              " AND EXISTS (SELECT 1 FROM cmk_tag AS t WHERE t.cmk_id = cmk.id AND t.name = :name")
          .append(i)
          .append(" AND t.value = :value")
          .append(i)
          .append(')');
    }
    Query query =
        handle
            .createQuery(sql.append(" ORDER BY seq LIMIT :limit").toString())
            .bind("after", afterSequence)
            .bind("limit", limit);
    if (state != null) {
      query.bind("state", state);
    }
    int i = 0;
    for (Map.Entry<String, String> tag : tags.entrySet()) {
      query.bind("name" + i, tag.getKey()).bind("value" + i, tag.getValue());
      i++;
    }
    return query;
  }
}
