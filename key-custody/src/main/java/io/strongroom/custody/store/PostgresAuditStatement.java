package io.strongroom.custody.store;

import io.strongroom.custody.store.AuditRows.Head;
import java.sql.Array;
import java.sql.Connection;
import java.sql.PreparedStatement;
import java.sql.SQLException;
import java.util.List;
import java.util.function.Function;
import org.jspecify.annotations.Nullable;

/** Locks the store, looks where the trail ends, appends and commits, in one round trip. */
final class PostgresAuditStatement {

  /**
   * The lock comes before the rows, so that nobody who holds it meets rows that are not committed.
   * What was committed while this waited for the lock is not seen; the primary key stands in its
   * way.
   */
  private static final String SQL =
      """
      WITH held AS MATERIALIZED (SELECT pg_advisory_xact_lock(%d) AS lock, %s AS durability)
      INSERT INTO audit (seq, time_ms, principal, operation, key_id, alias, result, nodes, details,
        checkpoint_seq, previous_hash, hash)
      SELECT rows.*
        FROM held,
             LATERAL (SELECT seq, hash FROM audit ORDER BY seq DESC LIMIT 1) AS trail,
             LATERAL (SELECT COALESCE(MAX(seq), 0) AS seq FROM audit_checkpoint) AS checkpoint,
             unnest(?::bigint[], ?::bigint[], ?::text[], ?::text[], ?::text[], ?::text[], ?::text[],
               ?::text[], ?::text[], ?::bigint[], ?::text[], ?::text[]) AS rows
       WHERE held.durability IS NOT NULL
         AND trail.seq = ? AND trail.hash = ? AND checkpoint.seq = ?
      """
          .formatted(PostgresDialect.WRITE_LOCK, PostgresDialect.DURABLY);

  private static final String UNIQUE_VIOLATION = "23505";

  private final Connection connection;
  private final PreparedStatement statement;

  PostgresAuditStatement(Connection connection) {
    this.connection = connection;
    try {
      this.statement = connection.prepareStatement(SQL);
    } catch (SQLException e) {
      throw new FailedStatementException(e);
    }
  }

  boolean isOf(Connection other) {
    return connection == other;
  }

  /** Appends rows that were linked to this head; false, and nothing done, if there is another. */
  boolean insertAfter(Head head, List<AuditRow> rows) {
    try {
      statement.setArray(1, numbers(rows, AuditRow::sequence));
      statement.setArray(2, numbers(rows, AuditRow::timeMs));
      statement.setArray(3, texts(rows, AuditRow::principal));
      statement.setArray(4, texts(rows, AuditRow::operation));
      statement.setArray(5, texts(rows, AuditRow::keyId));
      statement.setArray(6, texts(rows, AuditRow::alias));
      statement.setArray(7, texts(rows, AuditRow::result));
      statement.setArray(8, texts(rows, AuditRow::nodes));
      statement.setArray(9, texts(rows, AuditRow::details));
      statement.setArray(10, numbers(rows, AuditRow::checkpointSequence));
      statement.setArray(11, texts(rows, AuditRow::previousHash));
      statement.setArray(12, texts(rows, AuditRow::hash));
      statement.setLong(13, head.sequence());
      statement.setString(14, head.hash());
      statement.setLong(15, head.checkpoint());
      return statement.executeUpdate() == rows.size();
    } catch (SQLException e) {
      if (UNIQUE_VIOLATION.equals(e.getSQLState())) {
        return false;
      }
      throw new FailedStatementException(e);
    }
  }

  private Array numbers(List<AuditRow> rows, Function<AuditRow, Long> column) throws SQLException {
    return connection.createArrayOf("bigint", rows.stream().map(column).toArray());
  }

  private Array texts(List<AuditRow> rows, Function<AuditRow, @Nullable String> column)
      throws SQLException {
    return connection.createArrayOf("text", rows.stream().map(column).toArray());
  }
}
