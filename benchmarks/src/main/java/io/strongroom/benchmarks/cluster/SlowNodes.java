package io.strongroom.benchmarks.cluster;

import io.strongroom.benchmarks.Operation;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.concurrent.TimeUnit;
import java.util.function.Consumer;

/**
 * Nodes before tokens that take a millisecond a call, as a network HSM's do: what three of them do
 * beside one, and what a load on three feels when one of them is in trouble. For one thread.
 */
final class SlowNodes {
  private static final Operation OPERATION = Operation.AES_GCM_1K;
  private static final List<Subject> SUBJECTS = List.of(Subject.CLUSTER, Subject.ROUND_ROBIN);

  private static final int COLD_PASSES = 3;

  private final BenchmarkCluster cluster;
  private final ClusterPlan plan;

  SlowNodes(BenchmarkCluster cluster, ClusterPlan plan) throws Exception {
    this.cluster = cluster;
    this.plan = plan;
    cluster.serveSlowly(BenchmarkCluster.NODES);
    for (String name : BenchmarkCluster.NODES) {
      cluster.library(name).set(Trouble.slow(ClusterPlan.SLOW_CALL));
    }
  }

  /** One node's rate and that of three, interleaved. */
  Scaling scaling() throws Exception {
    List<String> first = BenchmarkCluster.NODES.subList(0, 1);
    try (LoadProcess one = LoadProcess.start(Subject.CLUSTER, cluster.url(first));
        LoadProcess three =
            LoadProcess.start(Subject.CLUSTER, cluster.url(BenchmarkCluster.NODES))) {
      List<Rate> ones = new ArrayList<>();
      List<Rate> threes = new ArrayList<>();
      run(one, plan.warmUpMillis());
      for (int pass = 0; pass < COLD_PASSES; pass++) {
        run(three, plan.warmUpMillis());
      }
      for (int round = 0; round < plan.rounds(); round++) {
        ones.add(run(one, plan.sliceMillis()));
        threes.add(run(three, plan.sliceMillis()));
      }
      return new Scaling(ones, threes);
    }
  }

  private static Rate run(LoadProcess process, int millis) {
    return process.run(OPERATION, ClusterPlan.SLOW_OUTSTANDING, millis);
  }

  /** Every trouble with every subject. */
  List<TroubleRun> troubles(Consumer<TroubleRun> progress) throws Exception {
    List<TroubleRun> runs = new ArrayList<>();
    for (Trouble trouble : Trouble.values()) {
      for (Subject subject : SUBJECTS) {
        TroubleRun run = run(trouble, subject);
        progress.accept(run);
        runs.add(run);
      }
    }
    return runs;
  }

  /** One of them. */
  TroubleRun run(Trouble trouble, Subject subject) throws Exception {
    String last = BenchmarkCluster.NODES.getLast();
    try (LoadProcess load = LoadProcess.start(subject, cluster.url(BenchmarkCluster.NODES))) {
      run(load, plan.warmUpMillis());
      long[] began = new long[1];
      Recording recording;
      try {
        recording =
            load.record(
                OPERATION,
                ClusterPlan.SLOW_OUTSTANDING,
                plan.faultMillis(),
                () -> {
                  TimeUnit.MILLISECONDS.sleep(plan.faultMillis() / 4);
                  began[0] = System.nanoTime();
                  trouble.befall(cluster, last);
                });
      } finally {
        trouble.end(cluster, last);
      }
      return TroubleRun.of(trouble, subject, recording, began[0]);
    }
  }

  /** The rates of one and of three nodes, round by round. */
  record Scaling(List<Rate> one, List<Rate> three) {

    /** How many times the one's rate the three's is. */
    double factor() {
      return new ClusterCell(
              OPERATION,
              ClusterPlan.SLOW_OUTSTANDING,
              Map.of(Subject.IN_PROCESS, one, Subject.CLUSTER, three))
          .ratio(Subject.CLUSTER, Subject.IN_PROCESS, Rate::callsPerSecond);
    }
  }
}
