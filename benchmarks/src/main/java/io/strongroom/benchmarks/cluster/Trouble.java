package io.strongroom.benchmarks.cluster;

import io.strongroom.softhsm.Fault;
import java.time.Duration;

/** What befalls one of three nodes while the load goes on. */
enum Trouble {
  KILLED("`kill -9`"),
  HANGS("`kill -STOP`"),
  SLOW("100 × slower");

  private static final int SLOWER = 100;

  private final String title;

  Trouble(String title) {
    this.title = title;
  }

  /** The name in the table. */
  String title() {
    return title;
  }

  /** Begins. */
  void befall(BenchmarkCluster cluster, String name) throws Exception {
    switch (this) {
      case KILLED -> cluster.node(name).kill();
      case HANGS -> cluster.node(name).stop();
      case SLOW -> cluster.library(name).set(slow(ClusterPlan.SLOW_CALL.multipliedBy(SLOWER)));
    }
  }

  /** Is over; the node serves again when this returns. */
  void end(BenchmarkCluster cluster, String name) throws Exception {
    switch (this) {
      case KILLED -> cluster.start(BenchmarkCluster.NODES);
      case HANGS -> cluster.node(name).goOn();
      case SLOW -> cluster.library(name).set(slow(ClusterPlan.SLOW_CALL));
    }
  }

  /** A token of which each encryption takes this long, beside what it takes anyway. */
  static Fault slow(Duration call) {
    return Fault.on("C_Encrypt").always().delays(call);
  }
}
