package io.strongroom.hsm.pkcs11;

import java.time.Duration;
import java.util.Queue;
import java.util.concurrent.ConcurrentLinkedQueue;
import java.util.concurrent.RejectedExecutionException;
import java.util.concurrent.SynchronousQueue;
import java.util.concurrent.ThreadPoolExecutor;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.atomic.AtomicInteger;
import java.util.function.IntSupplier;
import java.util.function.Predicate;
import java.util.function.Supplier;

/**
 * Platform threads that make calls for others: as many as may call at once, started when they are
 * needed, ended when they were not for a while. Safe for use by many threads.
 */
final class Workers {
  private static final Duration KEPT_IDLE = Duration.ofSeconds(10);

  private final Queue<Call<?>> queue = new ConcurrentLinkedQueue<>();
  private final AtomicInteger active = new AtomicInteger();
  private final IntSupplier places;
  private final Predicate<Call<?>> performer;
  private final Supplier<? extends RuntimeException> closedException;
  private final ThreadPoolExecutor threads;

  /**
   * @param name the threads' name, before a number
   * @param places how many may work at once now
   * @param performer does a call; false if it was abandoned meanwhile, and the thread with it
   * @param closedException why calls fail once closed
   */
  Workers(
      String name,
      IntSupplier places,
      Predicate<Call<?>> performer,
      Supplier<? extends RuntimeException> closedException) {
    this.places = places;
    this.performer = performer;
    this.closedException = closedException;
    this.threads =
        new ThreadPoolExecutor(
            0,
            Integer.MAX_VALUE,
            KEPT_IDLE.toSeconds(),
            TimeUnit.SECONDS,
            new SynchronousQueue<>(),
            Thread.ofPlatform().daemon().name(name, 1).factory());
  }

  /** Has a call made as soon as may be; it fails once these are closed. */
  void submit(Call<?> call) {
    queue.add(call);
    wake();
    if (threads.isShutdown()) {
      // It came too late for close to see it.
      failAll();
    }
  }

  /** Forgets a call that nobody waits for. */
  void remove(Call<?> call) {
    queue.remove(call);
  }

  /** How many calls wait for a thread. */
  int waiting() {
    return queue.size();
  }

  /** Puts one more thread to work if calls wait and one more may work. */
  void wake() {
    int present = active.get();
    while (!queue.isEmpty() && present < places.getAsInt()) {
      if (active.compareAndSet(present, present + 1)) {
        start();
        return;
      }
      present = active.get();
    }
  }

  private void start() {
    try {
      threads.execute(this::work);
    } catch (RejectedExecutionException _) {
      active.decrementAndGet();
      failAll();
    }
  }

  private void work() {
    Call<?> call = queue.poll();
    while (call != null) {
      if (!performer.test(call)) {
        return;
      }
      call = queue.poll();
    }
    active.decrementAndGet();
    // One may have been submitted while this thread still counted.
    wake();
  }

  /** Counts a thread no more whose call does not return. */
  void lost() {
    active.decrementAndGet();
    wake();
  }

  /** Ends the threads; calls that still wait fail. */
  void close() {
    threads.shutdown();
    failAll();
  }

  private void failAll() {
    Call<?> call = queue.poll();
    while (call != null) {
      call.fail(closedException.get());
      call = queue.poll();
    }
  }
}
