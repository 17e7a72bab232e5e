package io.strongroom.cluster;

import io.strongroom.cluster.observe.OperationTimers;
import io.strongroom.cluster.observe.Result;
import io.strongroom.cluster.wire.v1.Operation;

/** Tells of the attempts at one node. */
final class Attempts {

  /** For nodes that nobody watches. */
  static final Attempts UNTOLD = new Attempts("", OperationTimers.none(), new Trails());

  private final String node;
  private final OperationTimers timers;
  private final Trails trails;

  Attempts(String node, OperationTimers timers, Trails trails) {
    this.node = node;
    this.timers = timers;
    this.trails = trails;
  }

  /**
   * An attempt that has begun.
   *
   * @param isHedge whether another node is at the operation still
   */
  record Begun(long startNanos, boolean isHedge) {}

  Begun begin(Operation operation) {
    String traceparent = operation.getTraceparent();
    return new Begun(System.nanoTime(), !traceparent.isEmpty() && trails.attempt(traceparent));
  }

  void end(Operation operation, Result result, Begun begun) {
    timers.record(operation.getKindCase(), result, System.nanoTime() - begun.startNanos());
    String traceparent = operation.getTraceparent();
    if (!traceparent.isEmpty()) {
      trails.attempted(traceparent, node, result, begun);
    }
  }
}
