package io.strongroom.benchmarks.custody;

import java.util.ArrayList;
import java.util.List;
import java.util.concurrent.ExecutionException;
import java.util.concurrent.ExecutorService;
import java.util.concurrent.Executors;
import java.util.concurrent.Future;

/**
 * What some threads did together in one stretch of time.
 *
 * @param calls how many calls ended, all of them well
 * @param nanos how long it was
 */
record Throughput(long calls, long nanos) {

  /** One call; what it throws ends the run. */
  interface Work {
    void run();
  }

  double callsPerSecond() {
    return calls * 1e9 / nanos;
  }

  double microsPerCall() {
    return nanos / 1e3 / calls;
  }

  /** Repeats this on so many threads for so long. */
  static Throughput of(int threads, int millis, Work work) throws Exception {
    long begin = System.nanoTime();
    long end = begin + millis * 1_000_000L;
    try (ExecutorService pool = Executors.newFixedThreadPool(threads)) {
      List<Future<Long>> counts = new ArrayList<>();
      for (int i = 0; i < threads; i++) {
        counts.add(pool.submit(() -> repeat(end, work)));
      }
      long calls = 0;
      for (Future<Long> count : counts) {
        calls += count.get();
      }
      return new Throughput(calls, System.nanoTime() - begin);
    } catch (ExecutionException e) {
      throw e.getCause() instanceof Exception cause ? cause : e;
    }
  }

  private static long repeat(long end, Work work) {
    long calls = 0;
    while (System.nanoTime() < end) {
      work.run();
      calls++;
    }
    return calls;
  }
}
