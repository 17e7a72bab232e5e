package io.strongroom.cluster.node;

import java.time.Duration;
import java.util.concurrent.CountDownLatch;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.atomic.AtomicInteger;

/** Counts what is under way, so that a node can end when all of it was answered. */
final class Drain {
  // One place belongs to the node itself, until it begins to drain.
  private final AtomicInteger active = new AtomicInteger(1);
  private final CountDownLatch idle = new CountDownLatch(1);
  private volatile boolean draining;

  /** Something begins; false once the node is draining. */
  boolean tryBegin() {
    active.incrementAndGet();
    if (draining) {
      end();
      return false;
    }
    return true;
  }

  /** It was answered. */
  void end() {
    if (active.decrementAndGet() == 0) {
      idle.countDown();
    }
  }

  boolean isDraining() {
    return draining;
  }

  /** Lets nothing new begin. */
  void begin() {
    if (!draining) {
      draining = true;
      end();
    }
  }

  /**
   * Waits until all that had begun was answered.
   *
   * @return false if that takes longer than this
   */
  boolean await(Duration limit) {
    try {
      return idle.await(limit.toNanos(), TimeUnit.NANOSECONDS);
    } catch (InterruptedException e) {
      Thread.currentThread().interrupt();
      return false;
    }
  }
}
