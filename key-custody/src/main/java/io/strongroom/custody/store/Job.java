package io.strongroom.custody.store;

import java.util.concurrent.CompletableFuture;
import java.util.concurrent.CompletionException;
import java.util.function.Function;
import org.jdbi.v3.core.Handle;
import org.jspecify.annotations.Nullable;

/** What a caller waits for to be written. */
abstract sealed class Job<T> {

  private final CompletableFuture<T> done = new CompletableFuture<>();
  private long awayNanos = -1;

  /** Notes how long its caller did something else since it was answered last. */
  final void away(long nanos) {
    awayNanos = nanos;
  }

  /** How long its caller did something else; negative if that is not known. */
  final long awayNanos() {
    return awayNanos;
  }

  /** Answers the caller: it is on disk. */
  abstract void answer();

  final void succeed(T result) {
    done.complete(result);
  }

  /** Answers the caller: it was undone. */
  void fail(Throwable e) {
    done.completeExceptionally(e);
  }

  /** Waits for the answer. */
  final T await() {
    try {
      return done.join();
    } catch (CompletionException e) {
      throw e.getCause() instanceof RuntimeException r ? r : new IllegalStateException(e);
    }
  }

  /** A change; one that fails takes no other with it. */
  static final class Change<T> extends Job<T> {
    private final Function<Handle, T> work;
    private @Nullable T result;
    private @Nullable RuntimeException refusal;

    Change(Function<Handle, T> work) {
      this.work = work;
    }

    void run(Handle handle) {
      handle.savepoint("job");
      try {
        result = work.apply(handle);
      } catch (RuntimeException e) {
        refusal = e;
        handle.rollbackToSavepoint("job");
        return;
      }
      handle.releaseSavepoint("job");
    }

    @Override
    @SuppressWarnings("NullAway") // a job's result is as nullable as the function that makes it
    void answer() {
      if (refusal != null) {
        fail(refusal);
      } else {
        succeed(result);
      }
    }

    @Override
    void fail(Throwable e) {
      super.fail(refusal != null ? refusal : e);
    }
  }

  /** A record that is written together with others. */
  static final class Append extends Job<Boolean> {
    private final Linking linking;
    private final AuditRow draft;

    Append(Linking linking, AuditRow draft) {
      this.linking = linking;
      this.draft = draft;
    }

    Linking linking() {
      return linking;
    }

    AuditRow draft() {
      return draft;
    }

    @Override
    void answer() {
      succeed(true);
    }
  }
}
