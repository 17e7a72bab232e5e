package io.strongroom.custody.chain;

import java.time.Duration;
import java.util.concurrent.ScheduledThreadPoolExecutor;
import java.util.concurrent.TimeUnit;

/** Does things later and beside those who ask for them, one at a time. */
public interface Background extends AutoCloseable {

  /** Does this as soon as what is under way is done. */
  void soon(Runnable work);

  /** Does this after some time. */
  void after(Duration delay, Runnable work);

  /** Drops what is not due yet, and waits for the rest, a minute at most. Idempotent. */
  @Override
  void close();

  /** A thread of its own, which does not keep the process alive. */
  static Background thread(String name) {
    ScheduledThreadPoolExecutor executor =
        new ScheduledThreadPoolExecutor(
            1, work -> Thread.ofPlatform().daemon().name(name).unstarted(work));
    executor.setExecuteExistingDelayedTasksAfterShutdownPolicy(false);
    return new Background() {
      private static final Duration LIMIT = Duration.ofMinutes(1);

      @Override
      public void soon(Runnable work) {
        executor.execute(work);
      }

      @Override
      public void after(Duration delay, Runnable work) {
        var unused = executor.schedule(work, delay.toMillis(), TimeUnit.MILLISECONDS);
      }

      @Override
      public void close() {
        executor.shutdown();
        try {
          executor.awaitTermination(LIMIT.toMillis(), TimeUnit.MILLISECONDS);
        } catch (InterruptedException e) {
          Thread.currentThread().interrupt();
        }
      }
    };
  }
}
