package io.strongroom.cluster.node;

import io.strongroom.cluster.wire.Limits;

/**
 * A node's own threads; never an event loop, because they block.
 *
 * @param workers for operations, as many as the token takes at once
 * @param control for the control plane, so that making a key does not hold up operations
 */
record NodeThreads(FairWorkers workers, FairWorkers control) implements AutoCloseable {
  private static final int CONTROL_THREADS = 2;

  static NodeThreads create(String node, int sessions) {
    return new NodeThreads(
        new FairWorkers(
            "node-" + node + "-token-",
            sessions,
            new FairWorkers.Room(Limits.WAITING_PER_IDENTITY, Limits.WAITING)),
        new FairWorkers(
            "node-" + node + "-control-",
            CONTROL_THREADS,
            new FairWorkers.Room(Limits.CALLS_WAITING_PER_IDENTITY, Limits.CALLS_WAITING)));
  }

  /** Lets no new work in. Threads that hang in the token are daemons and are left behind. */
  @Override
  public void close() {
    workers.close();
    control.close();
  }
}
