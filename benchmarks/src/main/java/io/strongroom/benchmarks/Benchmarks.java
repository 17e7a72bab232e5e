package io.strongroom.benchmarks;

import static io.strongroom.benchmarks.Contestant.FLOOR;

import io.strongroom.hsm.Hsm;
import io.strongroom.softhsm.Fault;
import io.strongroom.softhsm.FaultyLibrary;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.time.Instant;
import java.time.temporal.ChronoUnit;
import java.util.Arrays;
import java.util.List;
import java.util.Locale;
import java.util.stream.Stream;

/** The whole run: {@code Benchmarks DIR [--quick]}, with DIR the module's folder. */
final class Benchmarks {
  private Benchmarks() {}

  public static void main(String[] arguments) throws Exception {
    List<String> options =
        List.of(arguments).subList(Math.min(1, arguments.length), arguments.length);
    if (arguments.length == 0 || !List.of("--quick").containsAll(options)) {
      System.err.println("usage: run.sh [--quick]");
      System.exit(2);
    }
    boolean quick = options.contains("--quick");
    Path dir = Path.of(arguments[0]);
    Results results = measure(quick ? Plan.quick() : Plan.full());
    Path json = dir.resolve("results").resolve(quick ? "quick.json" : "latest.json");
    Report.writeJson(results, json);
    if (!quick) {
      Report.writeTable(results, dir.resolve("README.md"));
    }
    System.out.println(Report.markdown(results));
    System.err.println("==> written: " + json + (quick ? "" : ", README.md"));
  }

  private static Results measure(Plan plan) throws Exception {
    Instant started = Instant.now();
    double loadBefore = Machine.load();
    Path dir = Files.createTempDirectory("strongroom-benchmarks-");
    BenchmarkToken token = null;
    try {
      token = BenchmarkToken.create(dir.resolve("token"));
      Floor floor = Floor.compile(dir);
      List<Cell> cells = run(token, floor, plan);
      List<Cell> slowCells = runSlowly(token, floor, plan.slow());
      return new Results(
          started.truncatedTo(ChronoUnit.SECONDS).toString(),
          Duration.between(started, Instant.now()).toSeconds(),
          Machine.describe(token),
          loadBefore,
          Machine.load(),
          plan,
          cells,
          plan.slow(),
          slowCells);
    } finally {
      if (token != null) {
        token.delete();
      }
      for (String name : List.of("floor", "floor.c", "")) {
        Files.deleteIfExists(dir.resolve(name));
      }
    }
  }

  private static List<Cell> run(BenchmarkToken token, Floor floor, Plan plan) throws Exception {
    try (Tournament tournament = new Tournament(token, floor)) {
      requireRight(token, tournament, plan);
      return tournament.run(plan, Benchmarks::show);
    }
  }

  private static List<Cell> runSlowly(BenchmarkToken token, Floor floor, Plan plan)
      throws Exception {
    try (FaultyLibrary library = token.slowLibrary()) {
      // SunPKCS11 authenticates in two steps.
      library.set(
          Stream.of("C_Encrypt", "C_EncryptFinal", "C_Sign", "C_SignFinal")
              .map(function -> Fault.on(function).always().delays(Plan.SLOW_CALL))
              .toArray(Fault[]::new));
      System.err.println("==> the same token, each call a millisecond longer:");
      return run(token.through(library.library()), floor, plan);
    }
  }

  private static void requireRight(BenchmarkToken token, Tournament tournament, Plan plan)
      throws Exception {
    try (Hsm hsm = Hsm.open(token.url())) {
      for (Operation operation : plan.operations()) {
        Correctness.require(hsm, operation, tournament.results(operation));
      }
    }
  }

  private static void show(Cell cell) {
    StringBuilder line =
        new StringBuilder(
            String.format(
                Locale.ROOT, "==> %-20s %2d threads:", cell.operation().title(), cell.threads()));
    Arrays.stream(Contestant.values())
        .map(c ->
            String.format(
                Locale.ROOT,
                "  %s %,.0f/s (%.2f, cpu %.2f)",
                c.title(),
                cell.median(c, Slice::callsPerSecond),
                cell.ratio(c, FLOOR, Slice::callsPerSecond),
                cell.ratio(c, FLOOR, Slice::cpuMicrosPerCall)))
        .forEach(line::append);
    System.err.println(line);
  }
}
