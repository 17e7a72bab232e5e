package io.strongroom.cluster.link;

import io.vertx.core.spi.ExecutorServiceFactory;
import java.util.concurrent.ExecutorService;
import java.util.concurrent.Executors;
import java.util.concurrent.RejectedExecutionException;
import java.util.concurrent.ThreadFactory;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * The threads on which a Vert.x of our own does what blocks: files, names, certificates. What they
 * are at when it closes comes back to a loop that is gone, where nobody waits for it; without this
 * the platform would print that as an unhandled exception.
 */
final class BlockingThreads implements ExecutorServiceFactory {
  private static final Logger LOG = LoggerFactory.getLogger(BlockingThreads.class);

  @Override
  public ExecutorService createExecutor(
      ThreadFactory threads, Integer concurrency, Integer maxConcurrency) {
    return Executors.newFixedThreadPool(
        maxConcurrency,
        task -> {
          Thread thread = threads.newThread(task);
          thread.setUncaughtExceptionHandler(BlockingThreads::unhandled);
          return thread;
        });
  }

  private static void unhandled(Thread thread, Throwable e) {
    if (e instanceof RejectedExecutionException) {
      LOG.debug("event=result_after_close thread={}", thread.getName());
    } else {
      LOG.error("event=unhandled thread={}", thread.getName(), e);
    }
  }
}
