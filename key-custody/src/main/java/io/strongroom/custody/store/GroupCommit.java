package io.strongroom.custody.store;

import io.strongroom.custody.store.Job.Append;
import io.strongroom.custody.store.Job.Change;
import java.util.ArrayList;
import java.util.List;
import java.util.Optional;
import java.util.concurrent.BlockingQueue;
import java.util.concurrent.LinkedBlockingQueue;
import java.util.concurrent.TimeUnit;
import java.util.function.Consumer;
import java.util.function.Function;
import org.jdbi.v3.core.Handle;

/**
 * One thread that writes for all: what is waiting goes into one transaction and so shares one sync
 * to disk. A job that fails takes no other with it, and a caller is answered only when its job is
 * on disk.
 */
final class GroupCommit implements AutoCloseable {

  private static final int MAX_BATCH = 256;

  /** Marks the end of the queue. */
  private static final Job<?> LAST =
      new Change<Boolean>(handle -> {
        throw new IllegalStateException("marks the end of the queue");
      });

  private final Writer writer;
  private final BlockingQueue<Job<?>> queue = new LinkedBlockingQueue<>();
  private final Thread thread;
  private final Object gate = new Object();
  private boolean closed;

  /** When each caller was answered last. */
  private final ThreadLocal<Long> answeredNanos = new ThreadLocal<>();

  // The writer's own: how many callers there were last, how long a commit took, and how long a
  // caller that was answered usually takes until it is back.
  private int callers;
  private long commitNanos;
  private long awayNanos;

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
    return submit(new Change<>(work));
  }

  /**
   * Appends an item and returns when it is on disk.
   *
   * @throws IllegalStateException if the store is closed
   */
  <E> void append(Appends<E> kind, E item) {
    submit(new Append<>(kind, item));
  }

  private <T> T submit(Job<T> job) {
    Long answered = answeredNanos.get();
    if (answered != null) {
      job.away(System.nanoTime() - answered);
    }
    synchronized (gate) {
      if (closed) {
        throw new IllegalStateException("the store is closed; open it again");
      }
      queue.add(job);
    }
    T result = job.await();
    answeredNanos.set(System.nanoTime());
    return result;
  }

  /** Writes what is waiting, then ends the thread. Idempotent. */
  @Override
  public void close() {
    synchronized (gate) {
      if (!closed) {
        closed = true;
        queue.add(LAST);
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
      last = batch.remove(LAST);
      if (!batch.isEmpty()) {
        long start = System.nanoTime();
        commit(batch);
        commitNanos = System.nanoTime() - start;
        noteAbsences(batch);
      }
    }
  }

  /**
   * Whoever was answered just now is often back in a moment. Waiting for them, for less time than a
   * sync to disk takes, saves a third of the syncs; a single caller never waits. Where callers take
   * longer than that, as they do when an HSM works for each of them, nobody waits for them either:
   * they work while the others are written. In a model of eight callers on two cores each rule lost
   * up to a third where the other one holds, and switching cost at most a seventh.
   */
  private void gather(List<Job<?>> batch) throws InterruptedException {
    long patience = commitNanos / 2;
    long end = System.nanoTime() + patience;
    queue.drainTo(batch, MAX_BATCH - 1);
    if (awayNanos > patience) {
      return;
    }
    while (batch.size() < Math.min(callers, MAX_BATCH) && !batch.contains(LAST)) {
      Job<?> next = queue.poll(end - System.nanoTime(), TimeUnit.NANOSECONDS);
      if (next == null) {
        return;
      }
      batch.add(next);
    }
  }

  /** A moving average; one who was away for very long says nothing about the others. */
  private void noteAbsences(List<Job<?>> batch) {
    long longest = 2 * commitNanos;
    for (Job<?> job : batch) {
      if (job.awayNanos() >= 0) {
        awayNanos += (Math.min(job.awayNanos(), longest) - awayNanos) / 16;
      }
    }
  }

  /** Appends and changes in transactions of their own: what may be repeated differs. */
  private void commit(List<Job<?>> batch) {
    callers = batch.size() + queue.size();
    List<Append<?>> appends = new ArrayList<>();
    List<Change<?>> changes = new ArrayList<>();
    for (Job<?> job : batch) {
      switch (job) {
        case Append<?> append -> appends.add(append);
        case Change<?> change -> changes.add(change);
      }
    }
    if (!appends.isEmpty()) {
      append(appends);
    }
    if (!changes.isEmpty()) {
      transaction(changes, handle -> changes.forEach(job -> job.run(handle)))
          .ifPresent(e -> changes.forEach(job -> job.fail(e)));
    }
  }

  /** An item that the database does not take must not take others with it. */
  private void append(List<Append<?>> appends) {
    Optional<Throwable> failure = transaction(appends, handle -> Append.run(appends, handle));
    if (failure.isPresent()) {
      boolean oneMayBeBad = appends.size() > 1 && !StoreFailure.isLoss(failure.get());
      if (oneMayBeBad) {
        appends.forEach(one -> append(List.of(one)));
      } else {
        appends.forEach(job -> job.fail(failure.get()));
      }
    }
  }

  /** Answers the jobs when they are on disk; else the reason why they are not. */
  private Optional<Throwable> transaction(List<? extends Job<?>> jobs, Consumer<Handle> work) {
    try {
      writer.run(work);
    } catch (RuntimeException | Error e) {
      return Optional.of(e);
    }
    jobs.forEach(Job::answer);
    return Optional.empty();
  }
}
