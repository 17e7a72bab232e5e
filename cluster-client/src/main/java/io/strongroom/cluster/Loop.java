package io.strongroom.cluster;

import io.strongroom.hsm.HsmException;
import io.vertx.core.Context;
import io.vertx.core.Future;
import io.vertx.core.Vertx;
import io.vertx.core.VertxOptions;
import io.vertx.core.file.FileSystemOptions;
import java.time.Duration;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.ExecutionException;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.TimeoutException;
import java.util.function.Supplier;

/**
 * The one event loop on which all of a client's work happens, and the way onto it from blocking
 * callers: platform and virtual threads alike, never an event loop's own thread.
 */
final class Loop {

  // Work on the loop ends by its own deadlines; this only guards against the loop itself failing.
  private static final Duration SLACK = Duration.ofSeconds(5);
  private static final Duration CLOSING = Duration.ofSeconds(5);

  /** A connection is begun in three blocking steps, one after the other: files, trust, context. */
  private static final int BLOCKING_STEPS = 3;

  private final Vertx vertx;
  private final Context context;
  private volatile boolean closed;

  Loop() {
    refuseEventLoops();
    this.vertx =
        Vertx.vertx(
            new VertxOptions()
                .setEventLoopPoolSize(1)
                .setWorkerPoolSize(1)
                .setInternalBlockingPoolSize(1)
                .setUseDaemonThread(true)
                .setFileSystemOptions(
                    new FileSystemOptions()
                        .setFileCachingEnabled(false)
                        .setClassPathResolvingEnabled(false)));
    this.context = vertx.getOrCreateContext();
  }

  Vertx vertx() {
    return vertx;
  }

  /**
   * Does work on the loop and waits for its result.
   *
   * @param limit how long the work takes at most
   * @throws IllegalStateException on an event loop's thread, or when closed
   */
  <T> T await(Duration limit, Supplier<Future<T>> work) {
    requireUsable();
    CompletableFuture<T> result = new CompletableFuture<>();
    context.runOnContext(_ -> start(work, result));
    return take(result, limit.plus(SLACK));
  }

  private static <T> void start(Supplier<Future<T>> work, CompletableFuture<T> result) {
    try {
      work.get().onComplete(result::complete, result::completeExceptionally);
    } catch (RuntimeException e) {
      result.completeExceptionally(e);
    }
  }

  private static <T> T take(CompletableFuture<T> result, Duration limit) {
    try {
      return result.get(limit.toMillis(), TimeUnit.MILLISECONDS);
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
   * Makes sure that this thread can wait for work here.
   *
   * @throws IllegalStateException on an event loop's thread, or when closed
   */
  void requireUsable() {
    refuseEventLoops();
    if (closed) {
      throw new IllegalStateException("this HSM is closed; open it again");
    }
  }

  private static void refuseEventLoops() {
    if (Context.isOnEventLoopThread()) {
      throw new IllegalStateException(
          "a cluster's Hsm blocks its caller and this is an event loop; call it from a worker or"
              + " virtual thread");
    }
  }

  /**
   * Ends the loop, after some last work on it and what is under way beside it. Idempotent.
   *
   * @param last the last work; nothing new begins after it
   */
  void close(Runnable last) {
    refuseEventLoops();
    if (closed) {
      return;
    }
    closed = true;
    CompletableFuture<Void> done = new CompletableFuture<>();
    context.runOnContext(_ ->
        start(
            () -> {
              last.run();
              return settle(BLOCKING_STEPS);
            },
            done));
    try {
      take(done, CLOSING);
    } finally {
      take(vertx.close().toCompletionStage().toCompletableFuture(), CLOSING);
    }
  }

  /**
   * Waits for what is under way on the blocking threads: it would come back to a loop that is gone,
   * and Vert.x prints that. Each pool has one thread, so what was begun is over when something
   * begun after it is.
   */
  private Future<Void> settle(int steps) {
    return steps == 0
        ? Future.succeededFuture()
        : vertx
            .executeBlocking(() -> true, false)
            // File system calls run on Vert.x's own blocking thread, where it loads certificates.
            .compose(_ -> vertx.fileSystem().exists(""))
            .transform((_, _) -> settle(steps - 1));
  }
}
