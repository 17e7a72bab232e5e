package io.strongroom.cli.demo;

import java.util.Arrays;
import java.util.concurrent.ConcurrentLinkedQueue;
import java.util.concurrent.CountDownLatch;
import java.util.concurrent.ExecutorService;
import java.util.concurrent.Executors;
import java.util.concurrent.atomic.AtomicInteger;

/** Runs an operation many times from several threads, and something else half way through. */
final class Load {

  /**
   * What came out.
   *
   * @param operations how many were done
   * @param failures the failures' messages
   * @param p99Micros the 99th percentile of their latency, in microseconds
   * @param maxMicros the slowest, in microseconds
   */
  record Outcome(
      int operations, ConcurrentLinkedQueue<String> failures, long p99Micros, long maxMicros) {}

  private Load() {}

  /**
   * Runs {@code operation} {@code operations} times on {@code threads} threads.
   *
   * @param disturbance runs once, on a thread of its own, when a third of the operations is done
   */
  static Outcome run(int operations, int threads, Runnable operation, Runnable disturbance) {
    AtomicInteger next = new AtomicInteger();
    long[] micros = new long[operations];
    ConcurrentLinkedQueue<String> failures = new ConcurrentLinkedQueue<>();
    CountDownLatch third = new CountDownLatch(Math.max(1, operations / 3));
    try (ExecutorService pool = Executors.newFixedThreadPool(threads + 1)) {
      pool.execute(() -> {
        try {
          third.await();
          disturbance.run();
        } catch (InterruptedException e) {
          Thread.currentThread().interrupt();
        } catch (RuntimeException e) {
          failures.add("the disturbance itself: " + e);
        }
      });
      for (int t = 0; t < threads; t++) {
        pool.execute(() -> {
          for (int i = next.getAndIncrement(); i < operations; i = next.getAndIncrement()) {
            micros[i] = timed(operation, failures);
            third.countDown();
          }
        });
      }
    }
    Arrays.sort(micros);
    return new Outcome(
        operations, failures, micros[(int) (operations * 0.99)], micros[operations - 1]);
  }

  private static long timed(Runnable operation, ConcurrentLinkedQueue<String> failures) {
    long start = System.nanoTime();
    try {
      operation.run();
    } catch (RuntimeException e) {
      failures.add(e.toString());
    }
    return (System.nanoTime() - start) / 1000;
  }
}
