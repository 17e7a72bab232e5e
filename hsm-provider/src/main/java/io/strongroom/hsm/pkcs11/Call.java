package io.strongroom.hsm.pkcs11;

import java.util.concurrent.CountDownLatch;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.atomic.AtomicReference;
import java.util.function.Supplier;
import org.jspecify.annotations.Nullable;

/**
 * One operation on its way: it waits, it runs, and then it is done, unless nobody waits for it any
 * more. Safe for use by many threads.
 */
final class Call<T> {
  private enum State {
    WAITING,
    RUNNING,
    DONE,
    CANCELLED,
    ABANDONED
  }

  /** What it does; it is told whether somebody still waits for it. */
  interface Work<T> {
    T in(Call<T> call);
  }

  private final Supplier<String> what;
  private final Work<T> work;
  private final boolean onWorker;
  private final AtomicReference<State> state = new AtomicReference<>(State.WAITING);
  private volatile long startedNanos;
  private final @Nullable CountDownLatch ended;
  private @Nullable T result;
  private @Nullable Throwable failure;

  Call(Supplier<String> what, Work<T> work, boolean onWorker) {
    this.what = what;
    this.work = work;
    this.onWorker = onWorker;
    this.ended = onWorker ? new CountDownLatch(1) : null;
  }

  /** What it does, for messages. */
  String what() {
    return what.get();
  }

  /** Whether a worker does it for the caller. */
  boolean onWorker() {
    return onWorker;
  }

  /** When it began to run. */
  long startedNanos() {
    return startedNanos;
  }

  /** Begins to run; false if it was cancelled. */
  boolean start(long nowNanos) {
    startedNanos = nowNanos;
    return state.compareAndSet(State.WAITING, State.RUNNING);
  }

  /** Ends to run; false if it was abandoned meanwhile. */
  boolean finish() {
    return state.compareAndSet(State.RUNNING, State.DONE);
  }

  /** Gives up waiting for its turn; false if it runs or is done. */
  boolean cancel() {
    return state.compareAndSet(State.WAITING, State.CANCELLED);
  }

  /** Gives up waiting for its end; false if it is done, or was given up before. */
  boolean abandon() {
    return state.compareAndSet(State.RUNNING, State.ABANDONED);
  }

  boolean isAbandoned() {
    return state.get() == State.ABANDONED;
  }

  /** Performs it for the thread that called. */
  T perform() {
    return work.in(this);
  }

  /** Performs it for a caller in another thread. */
  void performForCaller() {
    try {
      result = work.in(this);
    } catch (RuntimeException | Error e) {
      failure = e;
    }
  }

  /** Tells the caller that it has ended. */
  void tell() {
    if (ended != null) {
      ended.countDown();
    }
  }

  /** Lets it fail before it began, unless it runs. */
  void fail(RuntimeException reason) {
    if (cancel()) {
      failure = reason;
      tell();
    }
  }

  /** Waits for its end. */
  boolean await(long nanos) throws InterruptedException {
    return ended != null && ended.await(nanos, TimeUnit.NANOSECONDS);
  }

  /** What came out of it, once it has ended. */
  @SuppressWarnings("NullAway") // T may be whatever the work gives.
  T outcome() {
    if (failure instanceof Error error) {
      throw error;
    }
    if (failure instanceof RuntimeException exception) {
      throw exception;
    }
    return result;
  }
}
