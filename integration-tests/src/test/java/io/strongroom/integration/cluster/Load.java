package io.strongroom.integration.cluster;

import java.util.ArrayList;
import java.util.List;
import java.util.Queue;
import java.util.concurrent.ConcurrentLinkedQueue;
import java.util.concurrent.CountDownLatch;
import java.util.concurrent.ExecutionException;
import java.util.concurrent.ExecutorService;
import java.util.concurrent.Executors;
import java.util.concurrent.Future;
import java.util.concurrent.atomic.AtomicInteger;

/** Operations from several threads while something happens to the cluster. */
final class Load {
  private static final int THREADS = 4;

  private Load() {}

  /**
   * Runs {@code operation} {@code count} times, and {@code disturbance} once when a third is done.
   *
   * @return what the operations that failed threw
   */
  static Queue<Throwable> run(int count, Runnable operation, Runnable disturbance)
      throws InterruptedException, ExecutionException {
    Queue<Throwable> failures = new ConcurrentLinkedQueue<>();
    AtomicInteger left = new AtomicInteger(count);
    CountDownLatch third = new CountDownLatch(count / 3);
    try (ExecutorService pool = Executors.newFixedThreadPool(THREADS)) {
      List<Future<?>> workers = new ArrayList<>();
      for (int i = 0; i < THREADS; i++) {
        workers.add(
            pool.submit(() -> {
              while (left.getAndDecrement() > 0) {
                try {
                  operation.run();
                } catch (RuntimeException e) {
                  failures.add(e);
                }
                third.countDown();
              }
            }));
      }
      third.await();
      disturbance.run();
      for (Future<?> worker : workers) {
        worker.get();
      }
    }
    return failures;
  }
}
