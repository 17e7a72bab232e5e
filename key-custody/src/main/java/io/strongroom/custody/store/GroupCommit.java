package io.strongroom.custody.store;

import io.strongroom.custody.store.Job.Append;
import io.strongroom.custody.store.Job.Change;
import java.util.ArrayList;
import java.util.List;
import java.util.Optional;
import java.util.function.Function;
import java.util.stream.Collectors;
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
  private final AuditAppender trail;
  private final Inbox inbox = new Inbox();
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

  GroupCommit(Writer writer, AuditAppender trail) {
    this.writer = writer;
    this.trail = trail;
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
   * Appends a record and returns when it is on disk.
   *
   * @throws IllegalStateException if the store is closed
   */
  void append(Linking linking, AuditRow draft) {
    submit(new Append(linking, draft));
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
      inbox.put(job);
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
        inbox.put(LAST);
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
      inbox.await(1, Long.MAX_VALUE);
      gather();
      inbox.fetch(batch, MAX_BATCH);
      last = batch.remove(LAST);
      if (!batch.isEmpty()) {
        long start = System.nanoTime();
        commit(batch);
        commitNanos = System.nanoTime() - start;
        noteAbsences(batch);
        batch.clear();
      }
    }
    writer.close();
  }

  /**
   * Whoever was answered just now is often back in a moment. Waiting for them, for less time than a
   * sync to disk takes, saves a third of the syncs; a single caller never waits. Where callers take
   * longer than that, as they do when an HSM works for each of them, nobody waits for them either:
   * they work while the others are written. In a model of eight callers on two cores each rule lost
   * up to a third where the other one holds, and switching cost at most a seventh.
   */
  private void gather() {
    long patience = commitNanos / 2;
    if (awayNanos <= patience) {
      inbox.await(Math.min(callers, MAX_BATCH), patience);
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
    callers = batch.size() + inbox.size();
    List<Append> appends = new ArrayList<>();
    List<Change<?>> changes = new ArrayList<>();
    for (Job<?> job : batch) {
      switch (job) {
        case Append append -> appends.add(append);
        case Change<?> change -> changes.add(change);
      }
    }
    appends.stream().collect(Collectors.groupingBy(Append::linking)).forEach(this::append);
    if (!changes.isEmpty()) {
      answering(changes, () -> writer.run(handle -> run(changes, handle)))
          .ifPresent(e -> changes.forEach(job -> job.fail(e)));
    }
  }

  private static boolean run(List<Change<?>> changes, Handle handle) {
    changes.forEach(job -> job.run(handle));
    return true;
  }

  /** A record that the database does not take must not take others with it. */
  private void append(Linking linking, List<Append> appends) {
    List<AuditRow> drafts = appends.stream().map(Append::draft).toList();
    Optional<Throwable> failure = answering(appends, () -> trail.append(linking, drafts));
    if (failure.isPresent()) {
      boolean oneMayBeBad = appends.size() > 1 && !StoreFailure.isLoss(failure.get());
      if (oneMayBeBad) {
        appends.forEach(one -> append(linking, List.of(one)));
      } else {
        appends.forEach(job -> job.fail(failure.get()));
      }
    }
  }

  /** Answers the jobs when they are on disk; else the reason why they are not. */
  private static Optional<Throwable> answering(List<? extends Job<?>> jobs, Runnable write) {
    try {
      write.run();
    } catch (RuntimeException | Error e) {
      return Optional.of(e);
    }
    jobs.forEach(Job::answer);
    return Optional.empty();
  }
}
