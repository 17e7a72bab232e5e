package io.strongroom.cluster.node;

import java.util.concurrent.ExecutorService;
import java.util.concurrent.LinkedBlockingQueue;
import java.util.concurrent.ThreadPoolExecutor;
import java.util.concurrent.TimeUnit;

/**
 * A node's own threads. Platform threads, because native calls would pin a virtual thread's
 * carrier; never an event loop, because they block.
 *
 * @param workers for operations, as many as the token takes at once
 * @param control for the control plane, so that making a key does not hold up operations
 */
record NodeThreads(ExecutorService workers, ExecutorService control) implements AutoCloseable {
  private static final int CONTROL_THREADS = 2;
  private static final int WAITING = 4096;

  static NodeThreads create(String node, int sessions) {
    return new NodeThreads(
        pool("node-" + node + "-token-", sessions),
        pool("node-" + node + "-control-", CONTROL_THREADS));
  }

  private static ExecutorService pool(String name, int threads) {
    return new ThreadPoolExecutor(
        threads,
        threads,
        0,
        TimeUnit.SECONDS,
        new LinkedBlockingQueue<>(WAITING),
        Thread.ofPlatform().daemon().name(name, 1).factory());
  }

  /** Lets no new work in. Threads that hang in the token are daemons and are left behind. */
  @Override
  public void close() {
    workers.shutdown();
    control.shutdown();
  }
}
