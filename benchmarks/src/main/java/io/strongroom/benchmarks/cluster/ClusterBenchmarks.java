package io.strongroom.benchmarks.cluster;

import io.strongroom.benchmarks.Machine;
import io.strongroom.benchmarks.Operation;
import io.strongroom.softhsm.SoftHsm;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.time.Instant;
import java.time.temporal.ChronoUnit;
import java.util.Arrays;
import java.util.Comparator;
import java.util.List;
import java.util.Locale;
import java.util.Map;
import java.util.Objects;
import java.util.stream.Stream;

/** The whole run: {@code ClusterBenchmarks DIR [--quick]}, with DIR the module's folder. */
final class ClusterBenchmarks {
  private static final List<String> ONE = List.of("a");

  private ClusterBenchmarks() {}

  public static void main(String[] arguments) throws Exception {
    List<String> options =
        List.of(arguments).subList(Math.min(1, arguments.length), arguments.length);
    if (arguments.length == 0 || !List.of("--quick").containsAll(options)) {
      System.err.println("usage: cluster.sh [--quick]");
      System.exit(2);
    }
    boolean quick = options.contains("--quick");
    Path dir = Path.of(arguments[0]);
    ClusterResults results = measure(quick ? ClusterPlan.quick() : ClusterPlan.full());
    Path json = dir.resolve("results").resolve(quick ? "cluster-quick.json" : "cluster.json");
    ClusterReport.writeJson(results, json);
    if (!quick) {
      ClusterReport.writeTables(results, dir.resolve("README.md"));
    }
    System.out.println(ClusterReport.markdown(results));
    System.err.println("==> written: " + json + (quick ? "" : ", README.md"));
  }

  /** Makes a cluster, measures, and removes it again. */
  static ClusterResults measure(ClusterPlan plan) throws Exception {
    Instant started = Instant.now();
    double loadBefore = Machine.load();
    Path dir = Files.createTempDirectory("strongroom-cluster-benchmarks-");
    try (BenchmarkCluster cluster = BenchmarkCluster.create(dir.resolve("cluster"))) {
      cluster.serve(ONE);
      long tcp;
      long tls;
      try (EchoFloor floor = EchoFloor.start(cluster.url(ONE))) {
        tcp = floor.plainNanos(plan.echoes());
        tls = floor.tlsNanos(plan.echoes());
        System.err.println("==> 1 KiB there and back: " + EchoFloor.text(tcp, tls));
      }
      List<ClusterCell> cells = compare(cluster, plan);
      SlowNodes slow = new SlowNodes(cluster, plan);
      SlowNodes.Scaling scaling = slow.scaling();
      System.err.printf(Locale.ROOT, "==> three nodes: %.2f × one%n", scaling.factor());
      List<TroubleRun> troubles =
          slow.troubles(run -> System.err.print("==> " + ClusterReport.row(run)));
      return new ClusterResults(
          started.truncatedTo(ChronoUnit.SECONDS).toString(),
          Duration.between(started, Instant.now()).toSeconds(),
          Machine.describe(SoftHsm.library()),
          loadBefore,
          plan,
          tcp,
          tls,
          cells,
          scaling,
          troubles);
    } finally {
      delete(dir);
    }
  }

  private static List<ClusterCell> compare(BenchmarkCluster cluster, ClusterPlan plan)
      throws Exception {
    try (Comparison comparison = new Comparison(cluster::handles)) {
      comparison
          .add(Subject.IN_PROCESS, cluster.tokenUrl(ONE.getFirst()))
          .add(Subject.CLUSTER, cluster.url(ONE))
          .add(Subject.ASYNC, cluster.url(ONE))
          .add(Subject.UNARY, cluster.url(ONE));
      for (Operation operation : plan.operations()) {
        requireEqual(operation, comparison.results(operation));
      }
      return comparison.run(plan, ClusterBenchmarks::show);
    }
  }

  /** Speed at something else would be no news. */
  private static void requireEqual(Operation operation, Map<Subject, byte[]> results) {
    byte[] expected = Objects.requireNonNull(results.get(Subject.IN_PROCESS));
    results.forEach((subject, result) -> {
      // ECDSA's signatures are never the same twice.
      boolean right =
          operation == Operation.ECDSA_P256
              ? result.length == expected.length
              : Arrays.equals(result, expected);
      if (!right) {
        throw new IllegalStateException(
            subject.title() + " computes something else for " + operation.title());
      }
    });
  }

  private static void show(ClusterCell cell) {
    StringBuilder line =
        new StringBuilder(
            String.format(
                Locale.ROOT,
                "==> %-20s %2d outstanding:",
                cell.operation().title(),
                cell.outstanding()));
    cell.rates()
        .keySet()
        .forEach(s ->
            line.append(
                String.format(
                    Locale.ROOT,
                    "  %s %,.0f/s (%.2f, cpu %.1f µs, p50 %,.0f, p99 %,.0f µs)",
                    s.title(),
                    cell.median(s, Rate::callsPerSecond),
                    cell.ratio(s, Subject.IN_PROCESS, Rate::callsPerSecond),
                    cell.median(s, Rate::cpuMicrosPerCall),
                    cell.median(s, Rate::p50Micros),
                    cell.median(s, Rate::p99Micros))));
    System.err.println(line);
  }

  private static void delete(Path dir) throws java.io.IOException {
    try (Stream<Path> files = Files.walk(dir)) {
      for (Path file : files.sorted(Comparator.reverseOrder()).toList()) {
        Files.delete(file);
      }
    }
  }
}
