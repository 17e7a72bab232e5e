package io.strongroom.cluster;

import io.strongroom.hsm.HsmException;
import io.vertx.core.Context;
import io.vertx.core.Future;
import java.time.Duration;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.ExecutionException;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.TimeoutException;

/**
 * How blocking callers wait for a client's loop: platform and virtual threads alike, never an event
 * loop's own thread.
 */
final class Blocking {

  // Work on the loop ends by its own deadlines; this only guards against the loop itself failing,
  // and must not be mistaken for that on a machine whose processors are all busy.
  private static final Duration SLACK = Duration.ofSeconds(30);

  private Blocking() {}

  /**
   * Waits for a result.
   *
   * @param limit how long the work takes at most
   */
  static <T> T await(Future<T> future, Duration limit) {
    CompletableFuture<T> result = new CompletableFuture<>();
    future.onComplete(result::complete, result::completeExceptionally);
    try {
      return result.get(limit.plus(SLACK).toMillis(), TimeUnit.MILLISECONDS);
    } catch (ExecutionException e) {
      if (e.getCause() instanceof RuntimeException known) {
        throw known;
      }
      throw new IllegalStateException("the cluster client failed", e.getCause());
    } catch (TimeoutException e) {
      throw new HsmException.DeadlineExceeded("the cluster client did not answer", e);
    } catch (InterruptedException e) {
      Thread.currentThread().interrupt();
      throw new HsmException.DeadlineExceeded("interrupted while waiting for the cluster", e);
    }
  }

  /**
   * Makes sure that this thread can wait.
   *
   * @throws IllegalStateException on an event loop's thread
   */
  static void refuseEventLoops() {
    if (Context.isOnEventLoopThread()) {
      throw new IllegalStateException(
          "a cluster's Hsm blocks its caller and this is an event loop; call it from a worker or"
              + " virtual thread, or use an AsyncHsm");
    }
  }
}
