package io.strongroom.benchmarks.custody;

import io.strongroom.benchmarks.Machine;
import io.strongroom.benchmarks.cluster.BenchmarkCluster;
import io.strongroom.hsm.Hsm;
import io.strongroom.softhsm.Fault;
import io.strongroom.softhsm.FaultyLibrary;
import io.strongroom.softhsm.SoftHsm;
import io.strongroom.softhsm.SoftHsmToken;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.time.Instant;
import java.time.temporal.ChronoUnit;
import java.util.ArrayList;
import java.util.Comparator;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Locale;
import java.util.Map;
import java.util.stream.Stream;

/**
 * The whole run: {@code CustodyBenchmarks DIR POSTGRESQL [--quick]}, with DIR the module's folder
 * and POSTGRESQL the URL of an empty database.
 */
final class CustodyBenchmarks {
  private static final String SESSIONS = "&x-sessions=" + CustodyPlan.THREADS;

  private final CustodyPlan plan;
  private final Path dir;
  private final Map<String, String> servers;

  private CustodyBenchmarks(CustodyPlan plan, Path dir, Map<String, String> servers) {
    this.plan = plan;
    this.dir = dir;
    this.servers = servers;
  }

  public static void main(String[] arguments) throws Exception {
    List<String> all = List.of(arguments);
    if (all.size() < 2 || !List.of("--quick").containsAll(all.subList(2, all.size()))) {
      System.err.println("usage: custody.sh [--quick]");
      System.exit(2);
    }
    boolean quick = all.contains("--quick");
    Path module = Path.of(all.get(0));
    CustodyResults results =
        measure(quick ? CustodyPlan.quick() : CustodyPlan.full(), Map.of("PostgreSQL", all.get(1)));
    Path json = module.resolve("results").resolve(quick ? "custody-quick.json" : "custody.json");
    CustodyReport.writeJson(results, json);
    if (!quick) {
      CustodyReport.writeTables(results, module.resolve("README.md"));
    }
    System.out.println(CustodyReport.markdown(results));
    System.err.println("==> written: " + json + (quick ? "" : ", README.md"));
  }

  /**
   * Makes tokens and stores, measures, and removes them again.
   *
   * @param servers URLs of empty databases beside SQLite, by the name that the table gives them
   */
  static CustodyResults measure(CustodyPlan plan, Map<String, String> servers) throws Exception {
    Path dir = Files.createTempDirectory("strongroom-custody-benchmarks-");
    try {
      return new CustodyBenchmarks(plan, dir, servers).run();
    } finally {
      delete(dir);
    }
  }

  private CustodyResults run() throws Exception {
    Instant started = Instant.now();
    double loadBefore = Machine.load();
    long sync = DiskSync.nanos(dir);
    List<CustodyCell> cells = new ArrayList<>(compare());
    ImportTime imports = imports();
    System.err.printf(Locale.ROOT, "==> import: %.1f ms%n", imports.p50Nanos() / 1e6);
    SoftHsmToken token = SoftHsmToken.create(dir.resolve("audited"), "audited");
    try (Hsm hsm = Hsm.open(token.url() + SESSIONS)) {
      long alias = AliasLookup.nanos(hsm, sqlite("aliases"));
      Verification verification = Verification.measure(hsm, sqlite("trail"), plan.records());
      return new CustodyResults(
          started.truncatedTo(ChronoUnit.SECONDS).toString(),
          Duration.between(started, Instant.now()).toSeconds(),
          Machine.describe(SoftHsm.library()),
          loadBefore,
          plan,
          sync,
          cells,
          alias,
          imports,
          verification);
    } finally {
      token.delete();
    }
  }

  private List<CustodyCell> compare() throws Exception {
    SoftHsmToken token = SoftHsmToken.create(dir.resolve("token"), "custody");
    Map<String, String> stores = new LinkedHashMap<>();
    stores.put("SQLite", sqlite("fast"));
    stores.putAll(servers);
    List<CustodyCell> cells = new ArrayList<>();
    try (FaultyLibrary library = FaultyLibrary.over(token);
        Hsm hsm = Hsm.open(library.url() + SESSIONS);
        DurableLog log = new DurableLog(dir.resolve("log"));
        DataComparison comparison = new DataComparison(hsm, log, stores)) {
      cells.addAll(comparison.run("SoftHSM2", plan, CustodyBenchmarks::show));
      library.set(
          Fault.on("C_Encrypt").always().delays(CustodyPlan.SLOW_CALL),
          Fault.on("C_Decrypt").always().delays(CustodyPlan.SLOW_CALL));
      cells.addAll(comparison.run("1 ms a call", plan, CustodyBenchmarks::show));
    } finally {
      token.delete();
    }
    return cells;
  }

  private ImportTime imports() throws Exception {
    try (BenchmarkCluster cluster = BenchmarkCluster.create(dir.resolve("cluster"))) {
      cluster.serve(BenchmarkCluster.NODES);
      try (Hsm hsm = BenchmarkCluster.open(cluster.url(BenchmarkCluster.NODES))) {
        return ImportTime.measure(hsm, sqlite("imports"), plan.imports());
      }
    }
  }

  private String sqlite(String name) {
    return "sqlite:" + dir.resolve(name + ".db");
  }

  private static void show(CustodyCell cell) {
    StringBuilder line =
        new StringBuilder(
            String.format(
                Locale.ROOT,
                "==> %s, %s %,d B:",
                cell.token(),
                cell.operation(),
                cell.payloadBytes()));
    cell.rates()
        .keySet()
        .forEach(subject ->
            line.append(
                String.format(
                    Locale.ROOT,
                    "  %s %,.0f/s (%.2f)",
                    subject,
                    cell.callsPerSecond(subject),
                    cell.ratio(subject, CustodyCell.HSM))));
    System.err.println(line);
  }

  private static void delete(Path dir) throws IOException {
    try (Stream<Path> files = Files.walk(dir)) {
      for (Path file : files.sorted(Comparator.reverseOrder()).toList()) {
        Files.delete(file);
      }
    }
  }
}
