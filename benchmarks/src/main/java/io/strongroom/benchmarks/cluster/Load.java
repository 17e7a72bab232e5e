package io.strongroom.benchmarks.cluster;

import io.strongroom.benchmarks.Operation;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.CountDownLatch;
import java.util.concurrent.Executor;
import java.util.concurrent.TimeUnit;

/**
 * A constant number of operations outstanding for a while: each that ends is followed by the next.
 */
final class Load {
  // The counts of two slots never meet, so that no IV is used twice.
  private static final int SLOT_SHIFT = 40;
  private static final Executor LATER = CompletableFuture.delayedExecutor(1, TimeUnit.MILLISECONDS);

  private final Client client;
  private long firstCount = 1;

  Load(Client client) {
    this.client = client;
  }

  /** What came of it: begin and end, and each operation. */
  record Outcome(long beginNanos, long endNanos, Samples samples) {}

  Outcome run(Operation operation, int outstanding, Duration time) throws Exception {
    long begin = System.nanoTime();
    long end = begin + time.toNanos();
    CountDownLatch done = new CountDownLatch(outstanding);
    List<Slot> slots = new ArrayList<>();
    for (int i = 0; i < outstanding; i++) {
      long first = firstCount + ((long) i << SLOT_SHIFT);
      slots.add(new Slot(client.ready(operation), first, end, done));
    }
    for (Slot slot : slots) {
      if (client.blocks()) {
        Thread.ofPlatform().daemon().start(slot::loop);
      } else {
        slot.next();
      }
    }
    done.await();
    Samples all = new Samples();
    for (Slot slot : slots) {
      all.addAll(slot.samples);
      firstCount = Math.max(firstCount, (slot.count & ((1L << SLOT_SHIFT) - 1)) + 1);
    }
    return new Outcome(begin, System.nanoTime(), all);
  }

  /** One of the operations outstanding, and those that follow it. */
  private static final class Slot {
    private final Client.Call call;
    private final long untilNanos;
    private final CountDownLatch done;
    private final Samples samples = new Samples();
    private long count;

    Slot(Client.Call call, long first, long untilNanos, CountDownLatch done) {
      this.call = call;
      this.count = first;
      this.untilNanos = untilNanos;
      this.done = done;
    }

    void loop() {
      while (System.nanoTime() < untilNanos) {
        long start = System.nanoTime();
        call.begin(count, (_, e) -> samples.add(start, System.nanoTime(), e != null));
        count++;
      }
      done.countDown();
    }

    void next() {
      long start = System.nanoTime();
      if (start >= untilNanos) {
        done.countDown();
        return;
      }
      call.begin(
          count,
          (_, e) -> {
            samples.add(start, System.nanoTime(), e != null);
            count++;
            if (e == null) {
              next();
            } else {
              // What fails at once would fail again before anything else could happen.
              LATER.execute(this::next);
            }
          });
    }
  }
}
