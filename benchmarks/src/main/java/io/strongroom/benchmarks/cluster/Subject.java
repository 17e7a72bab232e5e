package io.strongroom.benchmarks.cluster;

import io.strongroom.benchmarks.HsmWorkload;
import io.strongroom.cluster.ClusterHsm;
import io.strongroom.hsm.Hsm;

/** Who is measured. */
enum Subject {
  /** The token in the caller's own process. */
  IN_PROCESS("in-process `Hsm`"),
  /** The cluster's client, a thread for each operation outstanding. */
  CLUSTER("cluster `Hsm`"),
  /** The same client by its asynchronous interface. */
  ASYNC("cluster `AsyncHsm`"),
  /** Calls of one message each, all to one node, with nothing around them. */
  UNARY("unary gRPC"),
  /** The same stream as the cluster's client, each node in turn, no node ever left out. */
  ROUND_ROBIN("round robin");

  private final String title;

  Subject(String title) {
    this.title = title;
  }

  /** The name in the table. */
  String title() {
    return title;
  }

  /**
   * Opens it.
   *
   * @param url the token's for the one in-process, the cluster's for the others
   */
  Client open(String url) {
    return switch (this) {
      case IN_PROCESS -> new BlockingClient(new HsmWorkload(Hsm.open(url)));
      case CLUSTER -> new BlockingClient(new HsmWorkload(BenchmarkCluster.open(url)));
      case ASYNC -> new AsyncClient((ClusterHsm) BenchmarkCluster.open(url));
      case UNARY -> new UnaryClient(url);
      case ROUND_ROBIN -> new RoundRobinClient(url);
    };
  }
}
