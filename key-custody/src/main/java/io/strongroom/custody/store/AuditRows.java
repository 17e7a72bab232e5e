package io.strongroom.custody.store;

import io.strongroom.custody.audit.AuditFilter;
import java.sql.ResultSet;
import java.sql.SQLException;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.stream.Stream;
import org.jdbi.v3.core.Handle;

/** The table {@code audit}. */
public final class AuditRows {

  private static final String SELECT =
      "SELECT seq, time_ms, principal, operation, key_id, alias, result, nodes, details,"
          + " checkpoint_seq, previous_hash, hash FROM audit ";

  /** So that a database that would send all rows at once sends them in parts. */
  private static final int FETCH = 1000;

  private AuditRows() {}

  /** Where the trail ends, and the number of the last record that has a checkpoint, 0 if none. */
  public record Head(long sequence, String hash, long checkpoint) {

    /** Where the trail ends after this record. */
    static Head after(AuditRow row) {
      return new Head(row.sequence(), row.hash(), row.checkpointSequence());
    }
  }

  /** Appends records. */
  public static void insert(Handle handle, List<AuditRow> rows) {
    try (AuditStatements statements = new AuditStatements(handle.getConnection())) {
      statements.insert(rows);
    }
  }

  /** Where the trail ends; nothing if it is empty. */
  public static Optional<Head> head(Handle handle) {
    try (AuditStatements statements = new AuditStatements(handle.getConnection())) {
      return statements.head();
    }
  }

  /** The last record. */
  public static Optional<AuditRow> last(Handle handle) {
    return handle
        .createQuery(SELECT + "ORDER BY seq DESC LIMIT 1")
        .map((rs, ctx) -> row(rs))
        .findOne();
  }

  /** The last of these records, newest first. */
  public static List<AuditRow> newest(Handle handle, AuditFilter filter, int count) {
    return filtered(handle, filter, Long.MIN_VALUE, "DESC", count);
  }

  /** These of the records after a sequence number, oldest first. */
  public static List<AuditRow> after(Handle handle, AuditFilter filter, long sequence, int count) {
    return filtered(handle, filter, sequence, "ASC", count);
  }

  private static List<AuditRow> filtered(
      Handle handle, AuditFilter filter, long after, String order, int count) {
    StringBuilder where = new StringBuilder("WHERE seq > :after");
    Map<String, Object> values = new HashMap<>();
    if (filter.principal() != null) {
      where.append(" AND principal = :principal");
      values.put("principal", filter.principal());
    }
    if (filter.operation() != null) {
      where.append(" AND operation = :operation");
      values.put("operation", filter.operation());
    }
    if (filter.key() != null) {
      where.append(" AND (key_id = :key OR alias = :key)");
      values.put("key", filter.key());
    }
    return handle
        .createQuery(SELECT + where + " ORDER BY seq " + order + " LIMIT :count")
        .bind("after", after)
        .bind("count", count)
        .bindMap(values)
        .map((rs, ctx) -> row(rs))
        .list();
  }

  /** The number of the first record of this time or later. */
  public static Optional<Long> firstSince(Handle handle, long timeMs) {
    return handle
        .select("SELECT MIN(seq) FROM audit WHERE time_ms >= ?", timeMs)
        .mapTo(Long.class)
        .findOne();
  }

  /** The number of the last record of this time or earlier. */
  public static Optional<Long> lastUntil(Handle handle, long timeMs) {
    return handle
        .select("SELECT MAX(seq) FROM audit WHERE time_ms <= ?", timeMs)
        .mapTo(Long.class)
        .findOne();
  }

  /** The record with this number. */
  public static Optional<AuditRow> find(Handle handle, long sequence) {
    return handle.select(SELECT + "WHERE seq = ?", sequence).map((rs, ctx) -> row(rs)).findOne();
  }

  /** The records with these numbers, both included, oldest first; to be closed. */
  public static Stream<AuditRow> between(Handle handle, long first, long last) {
    return handle
        .createQuery(SELECT + "WHERE seq BETWEEN :first AND :last ORDER BY seq")
        .bind("first", first)
        .bind("last", last)
        .setFetchSize(FETCH)
        .map((rs, ctx) -> row(rs))
        .stream();
  }

  /** All records, oldest first; to be closed. */
  public static Stream<AuditRow> all(Handle handle) {
    return between(handle, Long.MIN_VALUE, Long.MAX_VALUE);
  }

  /** By position: a million records are read so. */
  private static AuditRow row(ResultSet rs) throws SQLException {
    return new AuditRow(
        rs.getLong(1),
        rs.getLong(2),
        rs.getString(3),
        rs.getString(4),
        rs.getString(5),
        rs.getString(6),
        rs.getString(7),
        rs.getString(8),
        rs.getString(9),
        rs.getLong(10),
        rs.getString(11),
        rs.getString(12));
  }
}
