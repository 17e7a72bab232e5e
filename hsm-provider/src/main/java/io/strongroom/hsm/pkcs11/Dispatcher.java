package io.strongroom.hsm.pkcs11;

import io.strongroom.hsm.HsmException;
import io.strongroom.hsm.HsmLoad;
import java.lang.System.Logger.Level;
import java.time.Duration;
import java.util.Set;
import java.util.concurrent.ConcurrentHashMap;
import java.util.concurrent.atomic.AtomicBoolean;
import java.util.concurrent.atomic.AtomicInteger;
import java.util.concurrent.atomic.AtomicLong;
import java.util.concurrent.locks.LockSupport;
import java.util.function.Supplier;

/**
 * Lets calls to a device run: as many at once as it takes well, in the caller's own thread where
 * that can be, and without losing a place for good to one that never returns. Safe for use by many
 * threads.
 */
final class Dispatcher {
  private static final System.Logger LOG = System.getLogger(Dispatcher.class.getName());
  private static final long TICK_NANOS = 20_000_000;
  private static final int IDLE_TICKS = 50;

  private final String token;
  private final int most;
  private final Duration deadline;
  private final Guard guard;
  private final Turns turns;
  private final Workers workers;
  private final Set<Call<?>> running = ConcurrentHashMap.newKeySet();
  private final AtomicInteger abandoned = new AtomicInteger();
  private final AtomicLong everAbandoned = new AtomicLong();
  private final AtomicBoolean watching = new AtomicBoolean();
  private volatile boolean closed;

  /**
   * @param token the token's label
   * @param most how many may run at once at the most
   * @param deadline how long a call may wait for its turn, and a guarded one until its end
   */
  Dispatcher(String token, int most, Duration deadline, Guard guard) {
    this.token = token;
    this.most = most;
    this.deadline = deadline;
    this.guard = guard;
    this.turns = new Turns(most, System::nanoTime);
    this.workers =
        new Workers(
            "strongroom-pkcs11-" + token + "-",
            turns::places,
            this::performForCaller,
            Dispatcher::closedException);
  }

  /**
   * Runs a call.
   *
   * @throws HsmException.DeadlineExceeded if it gets no turn in time, or does not return
   * @throws HsmException.DeviceUnavailable if too many calls have not returned
   * @throws IllegalStateException once closed
   */
  <T> T run(Supplier<String> what, Call.Work<T> work) {
    requireAlive();
    if (guard == Guard.ALWAYS || Thread.currentThread().isVirtual() || abandoned.get() > 0) {
      return handOver(new Call<>(what, work, true));
    }
    Call<T> call = new Call<>(what, work, false);
    takeTurn();
    call.start(System.nanoTime());
    begin(call);
    try {
      return call.perform();
    } finally {
      end(call);
    }
  }

  private void requireAlive() {
    if (closed) {
      throw closedException();
    }
    if (abandoned.get() >= most) {
      throw new HsmException.DeviceUnavailable(
          most
              + " calls to token \""
              + token
              + "\" have not returned: the device or its library hangs; see to it, or open it in a"
              + " process of its own");
    }
  }

  private void takeTurn() {
    try {
      if (!turns.take(System.nanoTime() + deadline.toNanos())) {
        throw closed ? closedException() : busy();
      }
    } catch (InterruptedException e) {
      throw interrupted(e);
    }
    if (closed) {
      turns.release();
      throw closedException();
    }
  }

  private void begin(Call<?> call) {
    running.add(call);
    watch();
  }

  /** Ends a call; false if it was abandoned meanwhile. */
  private boolean end(Call<?> call) {
    running.remove(call);
    boolean inTime = call.finish();
    if (inTime) {
      turns.release();
    } else {
      LOG.log(Level.INFO, "event=token_call_returned_late token={0}", token);
      abandoned.decrementAndGet();
    }
    return inTime;
  }

  private <T> T handOver(Call<T> call) {
    long untilNanos = System.nanoTime() + deadline.toNanos();
    workers.submit(call);
    if (!awaitEnd(call, untilNanos)) {
      workers.remove(call);
      if (call.cancel()) {
        throw busy();
      }
      if (abandon(call)) {
        throw new HsmException.DeadlineExceeded(
            "token \""
                + token
                + "\": "
                + call.what()
                + " has not returned within "
                + deadline.toMillis()
                + " ms and was given up; check the device, or raise x-deadline");
      }
    }
    return call.outcome();
  }

  private boolean awaitEnd(Call<?> call, long untilNanos) {
    boolean interrupted = false;
    try {
      while (true) {
        try {
          return call.await(untilNanos - System.nanoTime());
        } catch (InterruptedException e) {
          if (call.cancel()) {
            workers.remove(call);
            throw interrupted(e);
          }
          // What the device does cannot be interrupted.
          interrupted = true;
        }
      }
    } finally {
      if (interrupted) {
        Thread.currentThread().interrupt();
      }
    }
  }

  private boolean performForCaller(Call<?> call) {
    try {
      takeTurn();
    } catch (HsmException | IllegalStateException e) {
      call.fail(e);
      return true;
    }
    if (!call.start(System.nanoTime())) {
      turns.release();
      return true;
    }
    begin(call);
    call.performForCaller();
    boolean inTime = end(call);
    call.tell();
    return inTime;
  }

  private boolean abandon(Call<?> call) {
    if (!call.abandon()) {
      return false;
    }
    running.remove(call);
    abandoned.incrementAndGet();
    everAbandoned.incrementAndGet();
    LOG.log(Level.WARNING, "event=token_call_abandoned token={0} call=\"{1}\"", token, call.what());
    turns.release();
    if (call.onWorker()) {
      workers.lost();
    }
    return true;
  }

  private void watch() {
    if (!watching.get() && watching.compareAndSet(false, true)) {
      Thread.ofPlatform().daemon().name("strongroom-pkcs11-" + token + "-watch").start(this::tick);
    }
  }

  private void tick() {
    int idleTicks = 0;
    while (idleTicks < IDLE_TICKS) {
      LockSupport.parkNanos(TICK_NANOS);
      look(System.nanoTime());
      idleTicks = turns.isIdle() ? idleTicks + 1 : 0;
    }
    watching.set(false);
    if (!turns.isIdle()) {
      watch();
    }
  }

  // A thread that calls by itself cannot be freed, but its place can; that may wait a little.
  private void look(long nowNanos) {
    int longCalls = 0;
    for (Call<?> call : running) {
      long nanos = nowNanos - call.startedNanos();
      if (nanos > 2 * deadline.toNanos()) {
        abandon(call);
      } else if (nanos > TICK_NANOS) {
        longCalls++;
      }
    }
    turns.longCalls(longCalls);
    workers.wake();
  }

  private HsmException busy() {
    return new HsmException.DeadlineExceeded(
        "all "
            + most
            + " sessions of token \""
            + token
            + "\" were busy for "
            + deadline.toMillis()
            + " ms; raise x-sessions or x-deadline, or send less at once");
  }

  private static HsmException interrupted(InterruptedException e) {
    Thread.currentThread().interrupt();
    return new HsmException.DeadlineExceeded("interrupted while waiting for a session", e);
  }

  private static IllegalStateException closedException() {
    return new IllegalStateException("this Hsm is closed; open another one");
  }

  /** How busy the device is. */
  HsmLoad load() {
    return new HsmLoad(
        turns.taken(),
        turns.waiting() + workers.waiting(),
        turns.places(),
        most,
        abandoned.get(),
        everAbandoned.get());
  }

  /**
   * Lets no more calls in and waits for those under way; false if some have not returned within the
   * deadline.
   */
  boolean close() {
    closed = true;
    turns.close();
    workers.close();
    long untilNanos = System.nanoTime() + deadline.toNanos();
    while (!turns.isIdle() && System.nanoTime() < untilNanos) {
      LockSupport.parkNanos(1_000_000);
    }
    return turns.isIdle() && abandoned.get() == 0;
  }
}
