package io.strongroom.integration.faults;

import static org.assertj.core.api.Assertions.assertThat;

import io.strongroom.cluster.ClusterHsm;
import java.time.Duration;
import java.util.List;
import java.util.function.Supplier;

/**
 * A fault under constant load: a while before it, a while during it, then all is mended, and a
 * while after that. No operation may fail; what is measured becomes a row of the table.
 */
public final class Experiment {
  /** How long each part lasts; {@code faults.sh} takes longer than a test run. */
  private static final Duration PART =
      Duration.ofMillis(Integer.getInteger("strongroom.faults.part-millis", 400));

  /**
   * Beyond the deadline, for a machine that is busy with other things: an operation that is late by
   * less has been failed by its own deadline, and one that hangs is late by more.
   */
  private static final Duration SLACK = Duration.ofSeconds(20);

  private final FaultCluster cluster;
  private final Workload workload;
  private final FaultTable table;

  /** Something done to the cluster; the client is the load's own. */
  @FunctionalInterface
  public interface Step {
    /** Does it. */
    void with(ClusterHsm hsm) throws Exception;
  }

  /** For one cluster; may be used for many faults, one after the other. */
  public Experiment(FaultCluster cluster, Workload workload, FaultTable table) {
    this.cluster = cluster;
    this.workload = workload;
    this.table = table;
  }

  /**
   * Runs it, with a client of its own, and holds it to what a cluster promises: no operation fails,
   * and none takes longer than the deadline.
   *
   * @param fault what it is called in the table
   * @param breaks makes the fault, with what is to be seen during it
   * @param mends ends it; all nodes are to serve and to be level soon afterwards
   */
  public FaultTable.Row run(String fault, Step breaks, Step mends) throws Exception {
    return run(fault, cluster::open, breaks, mends);
  }

  /** The same with a client of another kind. */
  FaultTable.Row run(String fault, Supplier<ClusterHsm> client, Step breaks, Step mends)
      throws Exception {
    try (ClusterHsm hsm = client.get()) {
      FaultCluster.awaitLevel(hsm);
      return measured(fault, hsm, breaks, mends);
    } catch (Exception | Error e) {
      // The next one is to begin with a cluster that is whole.
      cluster.rebuild();
      throw e;
    }
  }

  private FaultTable.Row measured(String fault, ClusterHsm hsm, Step breaks, Step mends)
      throws Exception {
    ConstantLoad load = new ConstantLoad(hsm, workload);
    long brokenNanos;
    long mendedNanos;
    try (load) {
      load.goOn(PART);
      brokenNanos = System.nanoTime();
      breaks.with(hsm);
      load.goOn(PART.multipliedBy(2));
      mends.with(hsm);
      FaultCluster.awaitLevel(hsm);
      mendedNanos = System.nanoTime();
      load.goOn(PART);
    }
    FaultTable.Row row = row(fault, load.samples(), brokenNanos, mendedNanos);
    table.add(row);
    hold(row, load.samples());
    return row;
  }

  private static FaultTable.Row row(
      String fault, List<ConstantLoad.Sample> all, long brokenNanos, long mendedNanos) {
    return new FaultTable.Row(
        fault,
        Phase.of(all.stream().filter(s -> s.dueNanos() < brokenNanos).toList()),
        Phase.of(
            all.stream()
                .filter(s -> s.dueNanos() >= brokenNanos && s.dueNanos() < mendedNanos)
                .toList()),
        Phase.of(all.stream().filter(s -> s.dueNanos() >= mendedNanos).toList()),
        Phase.belowFullRate(all, brokenNanos));
  }

  private void hold(FaultTable.Row row, List<ConstantLoad.Sample> samples) {
    assertThat(samples.stream().filter(s -> s.failure() != null).limit(5).toList())
        .as(() -> "operations that failed, of %d\n%s".formatted(row.failed(), cluster.logs()))
        .isEmpty();
    for (Phase phase : List.of(row.before(), row.during(), row.after())) {
      assertThat(phase.operations()).as("operations of each part: %s", row).isPositive();
      assertThat(phase.max())
          .as(() -> "%s\n%s".formatted(row, cluster.logs()))
          .isLessThan(FaultCluster.DEADLINE.plus(SLACK));
      // A node that hangs holds up its own share of the operations and no more.
      assertThat(phase.p50()).as("%s", row).isLessThan(FaultCluster.DEADLINE.dividedBy(3));
    }
  }
}
