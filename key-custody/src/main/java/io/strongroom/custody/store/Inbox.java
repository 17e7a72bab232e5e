package io.strongroom.custody.store;

import java.util.List;
import java.util.Objects;
import java.util.Queue;
import java.util.concurrent.ConcurrentLinkedQueue;
import java.util.concurrent.atomic.AtomicInteger;
import java.util.concurrent.locks.LockSupport;

/**
 * What callers put down for one thread to fetch. That thread is woken when there is as much as it
 * waits for, not for each: being woken costs as much as writing some records. Any thread may put,
 * one may wait and fetch.
 */
final class Inbox {

  private static final int NEVER = Integer.MAX_VALUE;

  private final Queue<Job<?>> jobs = new ConcurrentLinkedQueue<>();
  private final AtomicInteger size = new AtomicInteger();
  private volatile int awaited = NEVER;
  private volatile Thread fetcher = Thread.currentThread();

  void put(Job<?> job) {
    jobs.add(job);
    if (size.incrementAndGet() >= awaited) {
      LockSupport.unpark(fetcher);
    }
  }

  int size() {
    return size.get();
  }

  /** Waits until there are so many, or the time is over. */
  void await(int count, long nanos) {
    fetcher = Thread.currentThread();
    // Before the first look: whoever puts a job after it sees that it is waited for.
    awaited = count;
    long end = System.nanoTime() + nanos;
    long left = nanos;
    while (size.get() < count && left > 0) {
      LockSupport.parkNanos(this, left);
      left = end - System.nanoTime();
    }
    awaited = NEVER;
  }

  /** Moves what is there into the list, oldest first, at most so many. */
  void fetch(List<Job<?>> into, int most) {
    int count = Math.min(size.get(), most);
    for (int i = 0; i < count; i++) {
      into.add(Objects.requireNonNull(jobs.poll(), "counted after it was put"));
    }
    size.addAndGet(-count);
  }
}
