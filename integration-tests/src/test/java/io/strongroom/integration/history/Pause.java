package io.strongroom.integration.history;

import java.time.Duration;
import java.util.concurrent.CountDownLatch;
import java.util.concurrent.TimeUnit;

/** The pace of a run: nothing waits here for anything to happen. */
final class Pause {
  private Pause() {}

  /** Pauses so long; returns true at once when the end has come. */
  static boolean orEnd(CountDownLatch end, Duration pause) {
    try {
      return end.await(pause.toMillis(), TimeUnit.MILLISECONDS);
    } catch (InterruptedException e) {
      Thread.currentThread().interrupt();
      return true;
    }
  }
}
