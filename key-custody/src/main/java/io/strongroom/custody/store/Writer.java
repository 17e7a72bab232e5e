package io.strongroom.custody.store;

import io.strongroom.custody.store.Dialect.Ending;
import java.time.Duration;
import java.util.concurrent.locks.LockSupport;
import java.util.function.Consumer;
import org.jdbi.v3.core.Handle;
import org.jdbi.v3.core.Jdbi;
import org.jdbi.v3.core.JdbiException;
import org.jspecify.annotations.Nullable;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * Runs writing transactions. A connection that is lost while it commits leaves open whether it did;
 * the database is asked then, so that the caller's answer is right either way. For one thread.
 */
final class Writer {

  private static final Logger LOG = LoggerFactory.getLogger(Writer.class);

  /** How long to ask; a server needs some time to restart. */
  private static final Duration ASKING = Duration.ofSeconds(20);

  private static final Duration PAUSE = Duration.ofMillis(100);

  private final Jdbi jdbi;
  private final Dialect dialect;

  Writer(Jdbi jdbi, Dialect dialect) {
    this.jdbi = jdbi;
    this.dialect = dialect;
  }

  /**
   * Runs this in a transaction and returns when it is on disk; whatever is thrown, it was undone.
   *
   * @throws OutcomeUnknownException if the connection was lost and the database does not tell
   */
  void run(Consumer<Handle> work) {
    Progress progress = new Progress();
    try (Handle handle = jdbi.open()) {
      attempt(handle, work, progress);
    } catch (RuntimeException | Error e) {
      String transaction = progress.committing;
      if (progress.committed) {
        LOG.debug("event=store_close_failed reason=\"{}\"", e.getMessage());
      } else if (transaction == null) {
        throw e;
      } else {
        switch (ended(transaction)) {
          case COMMITTED -> {}
          case UNDONE -> throw e;
          case UNKNOWN -> throw new OutcomeUnknownException(e);
        }
      }
    }
  }

  private static final class Progress {
    @Nullable String committing;
    boolean committed;
  }

  private void attempt(Handle handle, Consumer<Handle> work, Progress progress) {
    handle.begin();
    try {
      String transaction = dialect.lockForWriting(handle);
      work.accept(handle);
      progress.committing = transaction;
      handle.commit();
      progress.committed = true;
    } catch (RuntimeException | Error e) {
      rollback(handle, e);
      throw e;
    }
  }

  private static void rollback(Handle handle, Throwable reason) {
    try {
      handle.rollback();
    } catch (RuntimeException lost) {
      reason.addSuppressed(lost);
    }
  }

  private Ending ended(String transaction) {
    Ending ending = ending(transaction);
    LOG.warn("event=store_commit_unanswered transaction={} ending={}", transaction, ending);
    return ending;
  }

  private Ending ending(String transaction) {
    long start = System.nanoTime();
    while (true) {
      try {
        return jdbi.inTransaction(handle -> dialect.ending(handle, transaction));
      } catch (JdbiException away) {
        if (System.nanoTime() - start > ASKING.toNanos()) {
          return Ending.UNKNOWN;
        }
        LockSupport.parkNanos(PAUSE.toNanos());
      }
    }
  }
}
