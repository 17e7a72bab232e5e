package io.strongroom.custody.store;

import io.strongroom.custody.store.AuditRows.Head;
import io.strongroom.custody.store.Dialect.Ending;
import java.sql.Connection;
import java.util.List;
import java.util.Optional;
import java.util.concurrent.atomic.AtomicReference;
import java.util.function.Predicate;
import org.jdbi.v3.core.Handle;
import org.jspecify.annotations.Nullable;

/** Locks the store, reads where the trail ends, writes what follows. Right on every database. */
final class LockedAppender implements AuditAppender {

  private final Writer writer;

  /** Of the connection that was used last. */
  private @Nullable AuditStatements statements;

  LockedAppender(Writer writer) {
    this.writer = writer;
  }

  /** Where the trail ended before and after an append. */
  record Step(Optional<Head> before, Optional<Head> after) {}

  @Override
  public void append(Linking linking, List<AuditRow> drafts) {
    append(linking, drafts, trail -> false);
  }

  /**
   * Writes these, unless they are there.
   *
   * @param written asked while nobody else writes
   */
  Step append(Linking linking, List<AuditRow> drafts, Predicate<AuditStatements> written) {
    AtomicReference<AuditRow> last = new AtomicReference<>();
    return writer.run(
        handle -> {
          AuditStatements trail = on(handle.getConnection());
          Optional<Head> before = trail.head();
          if (written.test(trail)) {
            return new Step(before, before);
          }
          List<AuditRow> rows = linking.link(before, drafts);
          trail.insert(rows);
          last.set(rows.getLast());
          return new Step(before, Optional.of(Head.after(rows.getLast())));
        },
        (handle, transaction) -> ending(handle, last.get()));
  }

  /** Whether a transaction whose commit got no answer is there, by what it was to write. */
  private Ending ending(Handle handle, @Nullable AuditRow last) {
    writer.lock(handle);
    try (AuditStatements trail = new AuditStatements(handle.getConnection())) {
      return last == null || trail.holds(last) ? Ending.COMMITTED : Ending.UNDONE;
    }
  }

  private AuditStatements on(Connection connection) {
    AuditStatements known = statements;
    if (known == null || !known.isOf(connection)) {
      known = new AuditStatements(connection);
      statements = known;
    }
    return known;
  }
}
