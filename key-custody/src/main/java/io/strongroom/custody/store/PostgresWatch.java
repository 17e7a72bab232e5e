package io.strongroom.custody.store;

import java.sql.Connection;
import java.sql.SQLException;
import java.sql.Statement;
import java.time.Duration;
import java.util.concurrent.locks.LockSupport;
import javax.sql.DataSource;
import org.jspecify.annotations.Nullable;
import org.postgresql.PGConnection;
import org.postgresql.PGNotification;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * Listens to the server on a connection of its own. What the server has sent by the time it answers
 * a question has been told by then, so a watch is fresh from the time the question was put; without
 * an answer it goes stale by itself. It begins with the first question whether it is fresh.
 */
final class PostgresWatch implements Watch {

  private static final Logger LOG = LoggerFactory.getLogger(PostgresWatch.class);
  private static final Duration WAIT = STALENESS.dividedBy(4);

  private final DataSource source;
  private final Runnable changed;
  private final Thread thread;
  private final Object gate = new Object();
  private volatile long freshNanos = System.nanoTime() - STALENESS.toNanos();
  private volatile boolean started;
  private volatile boolean closed;
  // Under the gate.
  private @Nullable Connection connection;

  PostgresWatch(DataSource source, Runnable changed) {
    this.source = source;
    this.changed = changed;
    this.thread = Thread.ofPlatform().name("strongroom-store-watch").daemon().unstarted(this::loop);
  }

  @Override
  public boolean isFresh() {
    if (!started) {
      start();
    }
    return System.nanoTime() - freshNanos < STALENESS.toNanos();
  }

  @Override
  public void close() {
    synchronized (gate) {
      closed = true;
      abort();
    }
    LockSupport.unpark(thread);
  }

  private void start() {
    synchronized (gate) {
      if (!started && !closed) {
        started = true;
        thread.start();
      }
    }
  }

  private void loop() {
    boolean lost = false;
    while (!closed) {
      try {
        Connection opened = open();
        if (lost) {
          LOG.info("event=store_watch_back");
        }
        lost = false;
        listen(opened);
      } catch (SQLException e) {
        if (!closed && !lost) {
          LOG.warn("event=store_watch_lost reason=\"{}\"", e.getMessage());
        }
        lost = true;
      }
      synchronized (gate) {
        abort();
      }
      if (!closed) {
        LockSupport.parkNanos(STALENESS.toNanos());
      }
    }
  }

  private Connection open() throws SQLException {
    Connection opened = source.getConnection();
    synchronized (gate) {
      connection = opened;
      if (closed) {
        abort();
      }
    }
    return opened;
  }

  private void listen(Connection opened) throws SQLException {
    PGConnection notified = opened.unwrap(PGConnection.class);
    try (Statement statement = opened.createStatement()) {
      statement.execute("LISTEN strongroom_keys");
      // Nobody told of what was changed before.
      changed.run();
      while (!closed) {
        long asked = System.nanoTime();
        statement.execute("");
        tell(notified.getNotifications());
        freshNanos = asked;
        tell(notified.getNotifications((int) WAIT.toMillis()));
      }
    }
  }

  private void tell(PGNotification @Nullable [] notifications) {
    if (notifications != null && notifications.length > 0) {
      changed.run();
    }
  }

  /** Closes the connection under a thread that may be reading from it. */
  private void abort() {
    Connection open = connection;
    connection = null;
    if (open != null) {
      try {
        open.abort(Runnable::run);
      } catch (SQLException e) {
        LOG.debug("event=store_watch_close_failed reason=\"{}\"", e.getMessage());
      }
    }
  }
}
