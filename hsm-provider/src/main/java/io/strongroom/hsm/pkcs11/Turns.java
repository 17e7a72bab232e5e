package io.strongroom.hsm.pkcs11;

import java.util.Queue;
import java.util.concurrent.ConcurrentLinkedQueue;
import java.util.concurrent.atomic.AtomicBoolean;
import java.util.concurrent.atomic.AtomicInteger;
import java.util.concurrent.locks.LockSupport;
import java.util.concurrent.locks.ReentrantLock;
import java.util.function.LongSupplier;

/**
 * Who may call the device now. A thread that runs may take a free turn before one that waits, which
 * saves a change of threads for each call; but every so often the turn goes to the one that has
 * waited longest. Calls that take long do not count against the limit, only against the most, so
 * that they never keep short ones waiting. Safe for use by many threads.
 */
final class Turns {
  private static final long HAND_ON_EVERY_NANOS = 2_000_000;
  private static final long WINDOW_NANOS = 10_000_000;
  private static final long LONGEST_WINDOW_NANOS = 500_000_000;
  private static final long CALLS_IN_WINDOW = 40;
  private static final long IDLE_NANOS = 1_000_000;

  /** A thread that waits. */
  private static final class Waiter {
    private final Thread thread = Thread.currentThread();
    // Either it gets a turn handed on, or it ends its waiting; not both.
    private final AtomicBoolean settled = new AtomicBoolean();
    private final AtomicBoolean awake = new AtomicBoolean(true);
  }

  private final int most;
  private final LongSupplier nanoClock;
  private final AtomicInteger taken = new AtomicInteger();
  private final Queue<Waiter> waiters = new ConcurrentLinkedQueue<>();
  private final AtomicInteger waiting = new AtomicInteger();
  private volatile int longCalls;
  private volatile boolean closed;
  private volatile long handedOnNanos;

  private final ConcurrencyLimit limit;
  private final ReentrantLock windowLock = new ReentrantLock();
  private final AtomicInteger calls = new AtomicInteger();
  private final AtomicInteger demand = new AtomicInteger();
  private volatile long windowBegunNanos;
  private volatile long lastEndedNanos;

  Turns(int most, LongSupplier nanoClock) {
    this.most = most;
    this.nanoClock = nanoClock;
    this.limit = new ConcurrencyLimit(most);
    this.handedOnNanos = nanoClock.getAsLong();
    this.windowBegunNanos = handedOnNanos;
    this.lastEndedNanos = handedOnNanos;
  }

  /** How many may call at once now. */
  int places() {
    return Math.min(most, limit.limit() + longCalls);
  }

  /** How many are under way. */
  int taken() {
    return taken.get();
  }

  /** How many threads wait for a turn. */
  int waiting() {
    return waiting.get();
  }

  /** Takes a turn if one is free. */
  private boolean tryTake() {
    int present = taken.get();
    while (present < places()) {
      if (taken.compareAndSet(present, present + 1)) {
        if (present == 0) {
          begunAlone();
        }
        wanted(present + 1);
        return true;
      }
      present = taken.get();
    }
    return false;
  }

  /**
   * Takes a turn, waiting for it until a time by the clock; false if that has come, or it is
   * closed.
   */
  boolean take(long untilNanos) throws InterruptedException {
    if (closed) {
      return false;
    }
    if (tryTake()) {
      return true;
    }
    Waiter waiter = new Waiter();
    wanted(taken.get() + waiting.incrementAndGet());
    waiters.add(waiter);
    try {
      return await(waiter, untilNanos);
    } finally {
      waiters.remove(waiter);
      waiting.decrementAndGet();
      if (taken.get() < places()) {
        wakeNext();
      }
    }
  }

  private boolean await(Waiter waiter, long untilNanos) throws InterruptedException {
    while (true) {
      if (waiter.settled.get()) {
        return true;
      }
      if (tryTake()) {
        if (!waiter.settled.compareAndSet(false, true)) {
          // One was handed on as well.
          give();
        }
        return true;
      }
      long leftNanos = untilNanos - nanoClock.getAsLong();
      boolean interrupted = Thread.interrupted();
      if (interrupted) {
        giveUp(waiter);
        throw new InterruptedException();
      }
      if (leftNanos <= 0 || closed) {
        return !waiter.settled.compareAndSet(false, true);
      }
      // A turn that becomes free from here on wakes it; one that became free before is seen.
      waiter.awake.set(false);
      if (taken.get() >= places() && !waiter.settled.get()) {
        LockSupport.parkNanos(this, leftNanos);
      }
      waiter.awake.set(true);
    }
  }

  private void giveUp(Waiter waiter) {
    if (!waiter.settled.compareAndSet(false, true)) {
      give();
    }
  }

  private void give() {
    taken.decrementAndGet();
    wakeNext();
  }

  /** Gives a turn back after a call. */
  void release() {
    long nowNanos = nanoClock.getAsLong();
    ended(nowNanos);
    Waiter next = waiters.peek();
    if (next != null && nowNanos - handedOnNanos > HAND_ON_EVERY_NANOS && taken.get() <= places()) {
      handedOnNanos = nowNanos;
      if (next.settled.compareAndSet(false, true)) {
        LockSupport.unpark(next.thread);
        return;
      }
    }
    give();
  }

  private void wakeNext() {
    Waiter next = waiters.peek();
    if (next != null && next.awake.compareAndSet(false, true)) {
      LockSupport.unpark(next.thread);
    }
  }

  /** Takes note of how many calls have been under way for long. */
  void longCalls(int number) {
    if (longCalls != number) {
      longCalls = number;
    }
    if (taken.get() < places()) {
      wakeNext();
    }
  }

  /** Whether no call is under way. */
  boolean isIdle() {
    return taken.get() == 0;
  }

  /** Lets nobody in any more, who waits now neither. */
  void close() {
    closed = true;
    waiters.forEach(waiter -> LockSupport.unpark(waiter.thread));
  }

  // Time in which nobody called says nothing of the device: a window that has some begins anew.
  private void begunAlone() {
    long nowNanos = nanoClock.getAsLong();
    if (nowNanos - lastEndedNanos > IDLE_NANOS && windowLock.tryLock()) {
      try {
        calls.set(0);
        demand.set(0);
        windowBegunNanos = nowNanos;
      } finally {
        windowLock.unlock();
      }
    }
  }

  private void wanted(int number) {
    if (number > demand.get()) {
      demand.accumulateAndGet(number, Math::max);
    }
  }

  private void ended(long nowNanos) {
    lastEndedNanos = nowNanos;
    int ended = calls.incrementAndGet();
    long nanos = nowNanos - windowBegunNanos;
    boolean over = nanos > WINDOW_NANOS && ended >= CALLS_IN_WINDOW;
    if ((over || nanos > LONGEST_WINDOW_NANOS) && windowLock.tryLock()) {
      try {
        limit.window(calls.getAndSet(0), nanos, demand.getAndSet(taken.get() + waiting.get()));
        windowBegunNanos = nowNanos;
      } finally {
        windowLock.unlock();
      }
    }
  }
}
