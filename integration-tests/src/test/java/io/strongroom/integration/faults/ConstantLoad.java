package io.strongroom.integration.faults;

import static org.awaitility.Awaitility.await;

import io.strongroom.hsm.Hsm;
import java.time.Duration;
import java.util.List;
import java.util.Queue;
import java.util.concurrent.ConcurrentLinkedQueue;
import java.util.concurrent.ExecutorService;
import java.util.concurrent.Executors;
import java.util.concurrent.ScheduledExecutorService;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.atomic.AtomicLong;
import org.jspecify.annotations.Nullable;

/**
 * Operations that come at a constant rate, some at a time, however the earlier ones fare, as they
 * do where many independent callers use a cluster. Some at a time, because one alone would always
 * go to the node that was fastest of late, and a fault of another one would hit no operation. What
 * an operation took counts from the moment when it was due: callers that had to wait for their turn
 * are not left out.
 */
public final class ConstantLoad implements AutoCloseable {
  /** Operations a second: far below what three nodes can do, so that one may be missing. */
  static final int RATE = Integer.getInteger("strongroom.faults.rate", 60);

  private static final Duration EVERY = Duration.ofMillis(50);
  private static final int AT_A_TIME = Math.max(1, (int) (RATE * EVERY.toMillis() / 1000));
  private static final Workload.Kind[] KINDS = Workload.Kind.values();

  private final Hsm hsm;
  private final Workload workload;
  private final Queue<Sample> samples = new ConcurrentLinkedQueue<>();
  private final AtomicLong begun = new AtomicLong();
  private final ScheduledExecutorService clock = Executors.newSingleThreadScheduledExecutor();
  private final ExecutorService callers = Executors.newVirtualThreadPerTaskExecutor();
  private final long startNanos;

  /**
   * One operation.
   *
   * @param dueNanos when it was to begin, {@link System#nanoTime}
   * @param endNanos when it was over
   * @param failure what went wrong; null if nothing
   */
  public record Sample(
      Workload.Kind kind, long dueNanos, long endNanos, @Nullable Throwable failure) {
    long tookNanos() {
      return endNanos - dueNanos;
    }
  }

  /** Begins. */
  public ConstantLoad(Hsm hsm, Workload workload) {
    this.hsm = hsm;
    this.workload = workload;
    this.startNanos = System.nanoTime() + EVERY.toNanos();
    clock.scheduleAtFixedRate(this::begin, EVERY.toNanos(), EVERY.toNanos(), TimeUnit.NANOSECONDS);
  }

  private void begin() {
    long first = begun.getAndAdd(AT_A_TIME);
    long dueNanos = startNanos + first / AT_A_TIME * EVERY.toNanos();
    for (long number = first; number < first + AT_A_TIME; number++) {
      Workload.Kind kind = KINDS[(int) (number % KINDS.length)];
      callers.execute(() -> run(kind, dueNanos));
    }
  }

  private void run(Workload.Kind kind, long dueNanos) {
    Throwable failure = null;
    try {
      workload.run(hsm, kind);
    } catch (RuntimeException | AssertionError e) {
      failure = e;
    }
    samples.add(new Sample(kind, dueNanos, System.nanoTime(), failure));
  }

  /** Goes on for as many operations as come in this time. */
  public void goOn(Duration time) {
    long until = begun.get() + Math.max(1, time.toMillis() * RATE / 1000);
    await()
        .pollInterval(Duration.ofMillis(10))
        .atMost(time.plus(FaultCluster.PATIENCE))
        .until(() -> begun.get() >= until);
  }

  /** All operations; complete only once it is closed. */
  public List<Sample> samples() {
    return List.copyOf(samples);
  }

  /** Lets no more begin, and waits for those under way. */
  @Override
  public void close() {
    clock.close();
    callers.close();
  }
}
