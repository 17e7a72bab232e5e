package io.strongroom.cluster.node;

import java.util.ArrayDeque;
import java.util.Deque;
import java.util.HashMap;
import java.util.Map;
import java.util.concurrent.RejectedExecutionException;
import java.util.concurrent.locks.Condition;
import java.util.concurrent.locks.ReentrantLock;
import org.jspecify.annotations.Nullable;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * Threads that work for many callers in turn: whoever has much waiting holds up himself and not
 * others, who wait for one piece of work of each caller at most. Platform threads, because native
 * calls would pin a virtual thread's carrier. Safe for use by many threads.
 */
final class FairWorkers implements AutoCloseable {
  private static final Logger LOG = LoggerFactory.getLogger(FairWorkers.class);

  private final Room room;
  private final ReentrantLock lock = new ReentrantLock();
  private final Condition changed = lock.newCondition();
  private final Map<Object, Deque<Runnable>> lanes = new HashMap<>();
  private final Deque<Object> turns = new ArrayDeque<>();
  private int waiting;
  private boolean closed;

  /**
   * How much may wait.
   *
   * @param perCaller for one caller
   * @param inAll for all of them
   */
  record Room(int perCaller, int inAll) {}

  /**
   * @param name the threads' name, before their number
   */
  FairWorkers(String name, int threads, Room room) {
    this.room = room;
    var factory = Thread.ofPlatform().daemon().name(name, 1).factory();
    for (int i = 0; i < threads; i++) {
      factory.newThread(this::work).start();
    }
  }

  /**
   * Has work done, after what this caller asked for before.
   *
   * @param caller who is to have his turn; equal ones share it
   * @throws RejectedExecutionException if too much waits already, or this is closed
   */
  void execute(Object caller, Runnable work) {
    lock.lock();
    try {
      Deque<Runnable> lane = lanes.get(caller);
      if (closed || waiting >= room.inAll() || (lane != null && lane.size() >= room.perCaller())) {
        throw new RejectedExecutionException("too much waits");
      }
      if (lane == null) {
        lane = new ArrayDeque<>();
        lanes.put(caller, lane);
        turns.add(caller);
      }
      lane.add(work);
      waiting++;
      changed.signal();
    } finally {
      lock.unlock();
    }
  }

  /** How much waits for a thread now. */
  int waiting() {
    lock.lock();
    try {
      return waiting;
    } finally {
      lock.unlock();
    }
  }

  private void work() {
    for (Runnable next = take(); next != null; next = take()) {
      try {
        next.run();
      } catch (RuntimeException e) {
        LOG.error("event=work_failed", e);
      }
    }
  }

  private @Nullable Runnable take() {
    lock.lock();
    try {
      while (turns.isEmpty()) {
        if (closed) {
          return null;
        }
        changed.awaitUninterruptibly();
      }
      Object caller = turns.remove();
      Deque<Runnable> lane = lanes.get(caller);
      if (lane == null) {
        throw new IllegalStateException("a caller without work has a turn");
      }
      Runnable next = lane.remove();
      waiting--;
      if (lane.isEmpty()) {
        lanes.remove(caller);
      } else {
        turns.add(caller);
      }
      return next;
    } finally {
      lock.unlock();
    }
  }

  /** Lets no new work in; what waits is still done. Threads that hang are left behind. */
  @Override
  public void close() {
    lock.lock();
    try {
      closed = true;
      changed.signalAll();
    } finally {
      lock.unlock();
    }
  }
}
