package io.strongroom.cluster.node;

import io.strongroom.cluster.wire.v1.Operation;
import io.strongroom.cluster.wire.v1.Probe;

/** Operations for tests. */
final class OperateStreams {
  private OperateStreams() {}

  static Operation.Builder probe(long id) {
    return Operation.newBuilder().setId(id).setProbe(Probe.getDefaultInstance());
  }
}
