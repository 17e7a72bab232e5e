package io.strongroom.custody.store;

import java.util.ArrayList;
import java.util.List;
import java.util.concurrent.BlockingQueue;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.CompletionException;
import java.util.concurrent.LinkedBlockingQueue;
import java.util.concurrent.TimeUnit;
import java.util.function.Function;
import org.jdbi.v3.core.Handle;
import org.jspecify.annotations.Nullable;

/**
 * One thread that writes for all: what is waiting goes into one transaction and so shares one sync
 * to disk. Each job has a savepoint of its own, so that one that fails takes no other with it, and
 * a caller is answered only when its job is on disk.
 */
final class GroupCommit implements AutoCloseable {

  private static final int MAX_BATCH = 256;

  private final Writer writer;
  private final BlockingQueue<Job<?>> queue = new LinkedBlockingQueue<>();
  private final Thread thread;
  private final Object gate = new Object();
  private boolean closed;
  // The writer's own: how many callers there were last, and how long a commit took.
  private int callers;
  private long commitNanos;

  GroupCommit(Writer writer) {
    this.writer = writer;
    this.thread = Thread.ofPlatform().name("strongroom-store-writer").daemon().start(this::loop);
  }

  /**
   * Runs this in a transaction and returns when it is on disk.
   *
   * @throws IllegalStateException if the store is closed
   */
  <T> T write(Function<Handle, T> work) {
    Job<T> job = new Job<>(work);
    synchronized (gate) {
      if (closed) {
        throw new IllegalStateException("the store is closed; open it again");
      }
      queue.add(job);
    }
    try {
      return job.done.join();
    } catch (CompletionException e) {
      throw e.getCause() instanceof RuntimeException r ? r : new IllegalStateException(e);
    }
  }

  /** Writes what is waiting, then ends the thread. Idempotent. */
  @Override
  public void close() {
    synchronized (gate) {
      if (!closed) {
        closed = true;
        queue.add(Job.LAST);
      }
    }
    try {
      thread.join();
    } catch (InterruptedException e) {
      Thread.currentThread().interrupt();
    }
  }

  private void loop() {
    List<Job<?>> batch = new ArrayList<>();
    boolean last = false;
    while (!last) {
      batch.clear();
      try {
        batch.add(queue.take());
        gather(batch);
      } catch (InterruptedException e) {
        if (batch.isEmpty()) {
          continue;
        }
      }
      last = batch.remove(Job.LAST);
      if (!batch.isEmpty()) {
        long start = System.nanoTime();
        commit(batch);
        commitNanos = System.nanoTime() - start;
      }
    }
  }

  /**
   * Whoever was answered just now is often back in a moment. Waiting for them, for less time than a
   * sync to disk takes, saves a third of the syncs; a single caller never waits.
   */
  private void gather(List<Job<?>> batch) throws InterruptedException {
    long end = System.nanoTime() + commitNanos / 2;
    queue.drainTo(batch, MAX_BATCH - 1);
    while (batch.size() < Math.min(callers, MAX_BATCH) && !batch.contains(Job.LAST)) {
      Job<?> next = queue.poll(end - System.nanoTime(), TimeUnit.NANOSECONDS);
      if (next == null) {
        return;
      }
      batch.add(next);
    }
  }

  private void commit(List<Job<?>> batch) {
    try {
      writer.run(handle -> batch.forEach(job -> job.run(handle)));
    } catch (RuntimeException | Error e) {
      batch.forEach(job -> job.fail(e));
      return;
    }
    callers = batch.size() + queue.size();
    batch.forEach(Job::answer);
  }

  private static final class Job<T> {
    static final Job<Void> LAST =
        new Job<>(handle -> {
          throw new IllegalStateException("marks the end of the queue");
        });

    private final Function<Handle, T> work;
    private final CompletableFuture<T> done = new CompletableFuture<>();
    private @Nullable T result;
    private @Nullable RuntimeException refusal;

    Job(Function<Handle, T> work) {
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

    @SuppressWarnings("NullAway") // a job's result is as nullable as the function that makes it
    void answer() {
      if (refusal != null) {
        done.completeExceptionally(refusal);
      } else {
        done.complete(result);
      }
    }

    void fail(Throwable e) {
      done.completeExceptionally(refusal != null ? refusal : e);
    }
  }
}
