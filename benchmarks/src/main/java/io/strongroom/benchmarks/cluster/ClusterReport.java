package io.strongroom.benchmarks.cluster;

import static io.strongroom.benchmarks.cluster.Subject.CLUSTER;
import static io.strongroom.benchmarks.cluster.Subject.IN_PROCESS;

import com.fasterxml.jackson.databind.ObjectMapper;
import io.strongroom.benchmarks.Cell;
import io.strongroom.benchmarks.Report;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.Locale;

/** Writes results down: everything as JSON, and tables in the README. */
final class ClusterReport {
  static final String BEGIN = "<!-- cluster: written by cluster.sh -->";
  static final String END = "<!-- end of cluster -->";

  private ClusterReport() {}

  static void writeJson(ClusterResults results, Path file) throws IOException {
    Files.createDirectories(file.toAbsolutePath().getParent());
    new ObjectMapper().writeValue(file.toFile(), results);
  }

  /**
   * Puts the tables between the page's two markers.
   *
   * @throws IOException if the page has no markers or cannot be written
   */
  static void writeTables(ClusterResults results, Path page) throws IOException {
    Report.replace(page, BEGIN, END, markdown(results));
  }

  /** The tables, and where and when they were measured. */
  static String markdown(ClusterResults results) {
    return line(
            "Measured %s in %d s on %s. Load average before the run: %.1f. A kilobyte there and"
                + " back between two processes: %s.",
            results.started(),
            results.seconds(),
            results.machine().sentence(),
            results.loadBefore(),
            EchoFloor.text(results.tcpEchoNanos(), results.tlsEchoNanos()))
        + "\n### One node beside its token in-process\n\n"
        + comparison(results)
        + "\n### Tokens that take 1 ms a call: three nodes beside one\n\n"
        + scaling(results.scaling())
        + "\n### One of three such nodes in trouble\n\n"
        + troubles(results);
  }

  private static String comparison(ClusterResults results) {
    StringBuilder text = new StringBuilder();
    text.append(
        "| Operation | Outstanding | | calls/s | of in-process | added median, µs | p50, µs | p99,"
            + " µs | p99.9, µs | processor, µs a call |\n"
            + "| --- | ---: | --- | ---: | ---: | ---: | ---: | ---: | ---: | ---: |\n");
    for (ClusterCell cell : results.cells()) {
      for (Subject subject : cell.rates().keySet()) {
        text.append(row(cell, subject));
      }
    }
    return text.toString();
  }

  private static String row(ClusterCell cell, Subject subject) {
    double added = cell.median(subject, Rate::p50Micros) - cell.median(IN_PROCESS, Rate::p50Micros);
    return line(
        "| %s | %d | %s | %,.0f | %s | %s | %,.0f | %,.0f | %,.0f | %.0f |",
        cell.operation().title(),
        cell.outstanding(),
        subject.title(),
        cell.median(subject, Rate::callsPerSecond),
        subject == IN_PROCESS
            ? ""
            : String.format(
                Locale.ROOT,
                subject == CLUSTER ? "**%.2f**" : "%.2f",
                cell.ratio(subject, IN_PROCESS, Rate::callsPerSecond)),
        subject == IN_PROCESS || cell.outstanding() > 1
            ? ""
            : String.format(Locale.ROOT, "%,.0f", added),
        cell.median(subject, Rate::p50Micros),
        cell.median(subject, Rate::p99Micros),
        cell.median(subject, Rate::p999Micros),
        cell.median(subject, Rate::cpuMicrosPerCall));
  }

  private static String scaling(SlowNodes.Scaling scaling) {
    return line(
        "One node: %,.0f/s. Three: %,.0f/s, **%.2f** times as many.",
        Cell.median(scaling.one().stream().map(Rate::callsPerSecond).toList()),
        Cell.median(scaling.three().stream().map(Rate::callsPerSecond).toList()),
        scaling.factor());
  }

  private static String troubles(ClusterResults results) {
    StringBuilder text = new StringBuilder();
    text.append(
        "| Trouble | | Operations | Failed | calls/s before | after | at 0.9 of that after, ms | p99"
            + " before, ms | in the first second | after | longest, ms |\n"
            + "| --- | --- | ---: | ---: | ---: | ---: | ---: | ---: | ---: | ---: | ---: |\n");
    results.troubles().forEach(run -> text.append(row(run)));
    return text.toString();
  }

  static String row(TroubleRun run) {
    return line(
        "| %s | %s | %,d | %,d | %,.0f | %,.0f | %s | %.1f | %.1f | %.1f | %,.0f |",
        run.trouble().title(),
        run.subject().title(),
        run.operations(),
        run.failed(),
        run.perSecondBefore(),
        run.perSecondAfter(),
        run.recoveryMillis() < 0
            ? "never"
            : String.format(Locale.ROOT, "%,d", run.recoveryMillis()),
        run.p99BeforeMicros() / 1e3,
        run.p99FirstSecondMicros() / 1e3,
        run.p99AfterMicros() / 1e3,
        run.longestMillis());
  }

  private static String line(String format, Object... values) {
    return String.format(Locale.ROOT, format, values) + "\n";
  }
}
