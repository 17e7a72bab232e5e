package io.strongroom.custody.store;

import io.strongroom.custody.store.Dialect.Ending;
import java.sql.SQLException;
import java.time.Duration;
import java.util.concurrent.locks.LockSupport;
import java.util.function.BiFunction;
import java.util.function.Function;
import java.util.function.Supplier;
import org.jdbi.v3.core.Handle;
import org.jdbi.v3.core.Jdbi;
import org.jdbi.v3.core.JdbiException;
import org.jspecify.annotations.Nullable;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * Runs writing transactions, all of them on one connection as long as it is good. A connection that
 * is lost while it commits leaves open whether it did; the database is asked then, so that the
 * caller's answer is right either way. For one thread.
 */
final class Writer implements AutoCloseable {

  private static final Logger LOG = LoggerFactory.getLogger(Writer.class);

  /** How long to ask; a server needs some time to restart. */
  private static final Duration ASKING = Duration.ofSeconds(20);

  private static final Duration PAUSE = Duration.ofMillis(100);

  /** A connection that nobody used for this long is tried before it is used. */
  private static final Duration IDLE = Duration.ofMillis(500);

  private static final int TRIAL_SECONDS = 5;

  private final Jdbi jdbi;
  private final Dialect dialect;
  private @Nullable Handle open;
  private long usedNanos;

  Writer(Jdbi jdbi, Dialect dialect) {
    this.jdbi = jdbi;
    this.dialect = dialect;
  }

  /**
   * Runs this in a transaction and returns when it is on disk; whatever is thrown, it was undone.
   *
   * @throws OutcomeUnknownException if the connection was lost and the database does not tell
   */
  <T> T run(Function<Handle, T> work) {
    return run(work, dialect::ending);
  }

  /**
   * The same for work that can tell better than the database whether it is there.
   *
   * @param question asked, with the transaction's name, on another connection
   */
  <T> T run(Function<Handle, T> work, BiFunction<Handle, String, Ending> question) {
    Attempt<T> attempt = new Attempt<>();
    try {
      return using(handle -> attempt(handle, work, attempt));
    } catch (RuntimeException | Error e) {
      String transaction = attempt.committing;
      if (transaction == null) {
        throw e;
      }
      return switch (ended(transaction, question)) {
        case COMMITTED -> attempt.done();
        case UNDONE -> throw e;
        case UNKNOWN -> throw new OutcomeUnknownException(e);
      };
    }
  }

  /** Waits until no other writing transaction is under way. */
  void lock(Handle transaction) {
    dialect.lockForWriting(transaction);
  }

  /** Runs this on the connection, outside of a transaction; what throws ends the connection. */
  <T> T using(Function<Handle, T> work) {
    Handle handle = handle();
    try {
      T result = work.apply(handle);
      usedNanos = System.nanoTime();
      return result;
    } catch (RuntimeException | Error e) {
      close();
      throw e;
    }
  }

  /**
   * Repeats this, as long as the store is away, for the time that a server needs to restart.
   *
   * @throws OutcomeUnknownException if it stayed away
   */
  static <T> T untilBack(Supplier<T> work) {
    long start = System.nanoTime();
    while (true) {
      try {
        return work.get();
      } catch (OutcomeUnknownException unknown) {
        throw unknown;
      } catch (JdbiException away) {
        if (System.nanoTime() - start > ASKING.toNanos()) {
          throw new OutcomeUnknownException(away);
        }
        LockSupport.parkNanos(PAUSE.toNanos());
      }
    }
  }

  @Override
  public void close() {
    Handle old = open;
    open = null;
    if (old != null) {
      try {
        old.close();
      } catch (RuntimeException e) {
        LOG.debug("event=store_close_failed reason=\"{}\"", e.getMessage());
      }
    }
  }

  private static final class Attempt<T> {
    /** The transaction's name from when it begins to commit. */
    @Nullable String committing;

    @Nullable T result;

    @SuppressWarnings("NullAway") // as nullable as what the work returns
    T done() {
      return result;
    }
  }

  private <T> T attempt(Handle handle, Function<Handle, T> work, Attempt<T> attempt) {
    handle.begin();
    try {
      String transaction = dialect.lockForWriting(handle);
      T result = work.apply(handle);
      attempt.result = result;
      attempt.committing = transaction;
      handle.commit();
      return result;
    } catch (RuntimeException | Error e) {
      rollback(handle, e);
      throw e;
    }
  }

  private Handle handle() {
    if (open != null && System.nanoTime() - usedNanos > IDLE.toNanos() && !isAlive(open)) {
      close();
    }
    Handle handle = open;
    if (handle == null) {
      handle = jdbi.open();
      open = handle;
    }
    return handle;
  }

  private static boolean isAlive(Handle handle) {
    try {
      return handle.getConnection().isValid(TRIAL_SECONDS);
    } catch (SQLException e) {
      return false;
    }
  }

  private static void rollback(Handle handle, Throwable reason) {
    try {
      handle.rollback();
    } catch (RuntimeException lost) {
      reason.addSuppressed(lost);
    }
  }

  private Ending ended(String transaction, BiFunction<Handle, String, Ending> question) {
    Ending ending;
    try {
      ending = untilBack(() -> jdbi.inTransaction(handle -> question.apply(handle, transaction)));
    } catch (OutcomeUnknownException away) {
      ending = Ending.UNKNOWN;
    }
    LOG.warn("event=store_commit_unanswered transaction={} ending={}", transaction, ending);
    return ending;
  }
}
