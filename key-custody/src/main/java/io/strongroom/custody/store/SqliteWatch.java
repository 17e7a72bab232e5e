package io.strongroom.custody.store;

import java.sql.Connection;
import java.sql.PreparedStatement;
import java.sql.ResultSet;
import java.sql.SQLException;
import java.time.Duration;
import java.util.concurrent.locks.ReentrantLock;
import javax.sql.DataSource;
import org.jspecify.annotations.Nullable;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * Looks into the file now and then, when somebody asks: first at its version, which is in shared
 * memory and which any commit changes, then at the count of key changes.
 */
final class SqliteWatch implements Watch {

  private static final Logger LOG = LoggerFactory.getLogger(SqliteWatch.class);
  private static final Duration INTERVAL = STALENESS.dividedBy(4);

  private final DataSource source;
  private final Runnable changed;
  private final ReentrantLock lock = new ReentrantLock();
  private volatile long checkedNanos = System.nanoTime() - STALENESS.toNanos();
  // Below here: under the lock.
  private @Nullable Connection connection;
  private @Nullable PreparedStatement version;
  private @Nullable PreparedStatement count;
  private long lastVersion;
  private long lastCount;
  private boolean closed;

  SqliteWatch(DataSource source, Runnable changed) {
    this.source = source;
    this.changed = changed;
  }

  @Override
  public boolean isFresh() {
    if (since(checkedNanos) < INTERVAL.toNanos()) {
      return true;
    }
    if (!lock.tryLock()) {
      return since(checkedNanos) < STALENESS.toNanos();
    }
    try {
      return !closed && look();
    } finally {
      lock.unlock();
    }
  }

  @Override
  public void close() {
    lock.lock();
    try {
      closed = true;
      disconnect();
    } finally {
      lock.unlock();
    }
  }

  private boolean look() {
    long now = System.nanoTime();
    try {
      if (connection == null) {
        connect();
        changed.run();
      } else if (changedSince()) {
        changed.run();
      }
      checkedNanos = now;
      return true;
    } catch (SQLException e) {
      LOG.warn("event=store_watch_failed reason=\"{}\"", e.getMessage());
      disconnect();
      return false;
    }
  }

  private void connect() throws SQLException {
    Connection opened = source.getConnection();
    connection = opened;
    version = opened.prepareStatement("PRAGMA data_version");
    count = opened.prepareStatement("SELECT count FROM key_changes");
    lastVersion = number(version);
    lastCount = number(count);
  }

  private boolean changedSince() throws SQLException {
    long newVersion = number(version);
    if (newVersion == lastVersion) {
      return false;
    }
    lastVersion = newVersion;
    long newCount = number(count);
    boolean isChanged = newCount != lastCount;
    lastCount = newCount;
    return isChanged;
  }

  private void disconnect() {
    Connection old = connection;
    connection = null;
    if (old != null) {
      try {
        old.close();
      } catch (SQLException e) {
        LOG.debug("event=store_watch_close_failed reason=\"{}\"", e.getMessage());
      }
    }
  }

  private static long number(@Nullable PreparedStatement statement) throws SQLException {
    if (statement == null) {
      throw new SQLException("not connected");
    }
    try (ResultSet result = statement.executeQuery()) {
      if (!result.next()) {
        throw new SQLException("the table key_changes is empty; it holds one row");
      }
      return result.getLong(1);
    }
  }

  private static long since(long nanos) {
    return System.nanoTime() - nanos;
  }
}
