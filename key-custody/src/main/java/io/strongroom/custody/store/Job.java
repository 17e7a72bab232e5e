package io.strongroom.custody.store;

import java.util.LinkedHashSet;
import java.util.List;
import java.util.Set;
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

  /** An item that is written together with others of its kind. */
  static final class Append<E> extends Job<Boolean> {
    private final Appends<E> kind;
    private final E item;

    Append(Appends<E> kind, E item) {
      this.kind = kind;
      this.item = item;
    }

    static void run(List<Append<?>> appends, Handle handle) {
      Set<Appends<?>> kinds = new LinkedHashSet<>();
      appends.forEach(append -> kinds.add(append.join()));
      kinds.forEach(kind -> kind.write(handle));
    }

    private Appends<E> join() {
      kind.add(item);
      return kind;
    }

    @Override
    void answer() {
      succeed(true);
    }
  }
}
