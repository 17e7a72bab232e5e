package io.strongroom.custody.store;

import io.strongroom.custody.store.AuditRows.Head;
import java.sql.Connection;
import java.sql.PreparedStatement;
import java.sql.ResultSet;
import java.sql.SQLException;
import java.util.List;
import java.util.Optional;

/**
 * What appending to the trail asks of a connection. Each call to custody pays for it, so it is
 * plain JDBC, prepared once. For one thread.
 */
final class AuditStatements implements AutoCloseable {

  private static final String HEAD =
      "SELECT seq, hash, (SELECT COALESCE(MAX(seq), 0) FROM audit_checkpoint)"
          + " FROM audit ORDER BY seq DESC LIMIT 1";

  private static final String INSERT =
      "INSERT INTO audit (seq, time_ms, principal, operation, key_id, alias, result, nodes,"
          + " details, checkpoint_seq, previous_hash, hash)"
          + " VALUES (?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?)";

  private final Connection connection;
  private final PreparedStatement head;
  private final PreparedStatement insert;

  AuditStatements(Connection connection) {
    this.connection = connection;
    try {
      this.head = connection.prepareStatement(HEAD);
      this.insert = connection.prepareStatement(INSERT);
    } catch (SQLException e) {
      throw new FailedStatementException(e);
    }
  }

  boolean isOf(Connection other) {
    return connection == other;
  }

  /** Where the trail ends; nothing if it is empty. */
  Optional<Head> head() {
    try (ResultSet rs = head.executeQuery()) {
      return rs.next()
          ? Optional.of(new Head(rs.getLong(1), rs.getString(2), rs.getLong(3)))
          : Optional.empty();
    } catch (SQLException e) {
      throw new FailedStatementException(e);
    }
  }

  /** Whether this very record is in the trail. */
  boolean holds(AuditRow row) {
    try (PreparedStatement same =
        connection.prepareStatement("SELECT 1 FROM audit WHERE seq = ? AND hash = ?")) {
      same.setLong(1, row.sequence());
      same.setString(2, row.hash());
      try (ResultSet rs = same.executeQuery()) {
        return rs.next();
      }
    } catch (SQLException e) {
      throw new FailedStatementException(e);
    }
  }

  void insert(List<AuditRow> rows) {
    try {
      for (AuditRow row : rows) {
        bind(row);
        insert.addBatch();
      }
      insert.executeBatch();
    } catch (SQLException e) {
      throw new FailedStatementException(e);
    }
  }

  private void bind(AuditRow row) throws SQLException {
    insert.setLong(1, row.sequence());
    insert.setLong(2, row.timeMs());
    insert.setString(3, row.principal());
    insert.setString(4, row.operation());
    insert.setString(5, row.keyId());
    insert.setString(6, row.alias());
    insert.setString(7, row.result());
    insert.setString(8, row.nodes());
    insert.setString(9, row.details());
    insert.setLong(10, row.checkpointSequence());
    insert.setString(11, row.previousHash());
    insert.setString(12, row.hash());
  }

  @Override
  public void close() {
    try (head;
        insert) {
      // Both, whatever the first of them throws.
    } catch (SQLException e) {
      throw new FailedStatementException(e);
    }
  }
}
