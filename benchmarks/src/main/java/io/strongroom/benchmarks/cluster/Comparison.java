package io.strongroom.benchmarks.cluster;

import io.strongroom.benchmarks.Operation;
import java.util.ArrayList;
import java.util.Collections;
import java.util.EnumMap;
import java.util.List;
import java.util.Map;
import java.util.function.Consumer;
import java.util.function.Supplier;

/**
 * Subjects that work one after the other, in short slices that are interleaved round by round and
 * in another order each round. For one thread.
 */
final class Comparison implements AutoCloseable {
  private static final int COLD_PASSES = 3;

  private final List<LoadProcess> processes = new ArrayList<>();
  private final Supplier<List<ProcessHandle>> nodes;

  /**
   * Nobody yet.
   *
   * @param nodes the nodes' processes, whose processor time counts too
   */
  Comparison(Supplier<List<ProcessHandle>> nodes) {
    this.nodes = nodes;
  }

  /** Adds a subject. */
  Comparison add(Subject subject, String url) throws java.io.IOException {
    processes.add(LoadProcess.start(subject, url));
    return this;
  }

  /** What each makes of an operation's known input. */
  Map<Subject, byte[]> results(Operation operation) {
    Map<Subject, byte[]> results = new EnumMap<>(Subject.class);
    processes.forEach(p -> results.put(p.subject(), p.check(operation)));
    return results;
  }

  /** Measures. */
  List<ClusterCell> run(ClusterPlan plan, Consumer<ClusterCell> progress) {
    List<ClusterCell> cells = new ArrayList<>();
    // The first operation is not to be the one that finds everything cold.
    for (int pass = 0; pass < COLD_PASSES; pass++) {
      for (LoadProcess process : processes) {
        process.run(
            plan.operations().getFirst(), Collections.max(plan.outstanding()), plan.warmUpMillis());
      }
    }
    for (Operation operation : plan.operations()) {
      int most = Collections.max(plan.outstanding());
      processes.forEach(p -> p.run(operation, most, plan.warmUpMillis()));
      for (int outstanding : plan.outstanding()) {
        ClusterCell cell = measure(operation, outstanding, plan);
        progress.accept(cell);
        cells.add(cell);
      }
    }
    return cells;
  }

  private ClusterCell measure(Operation operation, int outstanding, ClusterPlan plan) {
    Map<Subject, List<Rate>> rates = new EnumMap<>(Subject.class);
    List<LoadProcess> order = new ArrayList<>(processes);
    order.forEach(p -> p.run(operation, outstanding, plan.sliceMillis() / 3));
    for (int round = 0; round < plan.rounds(); round++) {
      for (LoadProcess process : order) {
        rates
            .computeIfAbsent(process.subject(), _ -> new ArrayList<>())
            .add(slice(process, operation, outstanding, plan.sliceMillis()));
      }
      Collections.rotate(order, 1);
    }
    return new ClusterCell(operation, outstanding, rates);
  }

  private Rate slice(LoadProcess process, Operation operation, int outstanding, int millis) {
    long before = cpuNanos(process);
    Rate rate = process.run(operation, outstanding, millis);
    return rate.withCpu(cpuNanos(process) - before);
  }

  private long cpuNanos(LoadProcess process) {
    long nanos = cpuNanos(process.handle());
    for (ProcessHandle node : nodes.get()) {
      nanos += cpuNanos(node);
    }
    return nanos;
  }

  private static long cpuNanos(ProcessHandle handle) {
    return handle.info().totalCpuDuration().orElseThrow().toNanos();
  }

  @Override
  public void close() {
    processes.forEach(LoadProcess::close);
  }
}
