package io.strongroom.custody.store;

import java.util.List;
import java.util.Optional;
import java.util.stream.IntStream;
import org.jdbi.v3.core.Handle;

/** Records for tests of the store, which does not care how they are hashed. */
final class Drafts {

  private Drafts() {}

  static AuditRow by(String principal) {
    return AuditRow.draft(principal, "test", null, null, "ok", "[]", "{}");
  }

  /** Each is hashed as its own number. */
  static List<AuditRow> linked(Optional<AuditRows.Head> head, List<AuditRow> drafts) {
    long last = head.map(AuditRows.Head::sequence).orElse(0L);
    String hash = head.map(AuditRows.Head::hash).orElse("0");
    return IntStream.range(0, drafts.size())
        .mapToObj(i -> {
          String previous = i == 0 ? hash : Long.toString(last + i);
          long number = last + 1 + i;
          return drafts.get(i).placed(number, 0, 0, previous).withHash(Long.toString(number));
        })
        .toList();
  }

  /** Who is in the trail, in its order. */
  static List<String> principals(Handle handle) {
    return handle
        .createQuery("SELECT principal FROM audit ORDER BY seq")
        .mapTo(String.class)
        .list();
  }

  /** Whether each record is linked to the one before it. */
  static boolean isChain(Handle handle) {
    return handle
        .createQuery(
            "SELECT COUNT(*) FROM audit WHERE previous_hash <> CAST(seq - 1 AS TEXT) OR hash <> CAST(seq AS TEXT)")
        .mapTo(Integer.class)
        .one()
        .equals(0);
  }
}
