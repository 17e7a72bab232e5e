package io.strongroom.benchmarks.custody;

import com.fasterxml.jackson.databind.ObjectMapper;
import io.strongroom.benchmarks.Report;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;
import java.util.Locale;

/** Writes results down: everything as JSON, and tables in the README. */
final class CustodyReport {
  static final String BEGIN = "<!-- custody: written by custody.sh -->";
  static final String END = "<!-- end of custody -->";

  private CustodyReport() {}

  static void writeJson(CustodyResults results, Path file) throws IOException {
    Files.createDirectories(file.toAbsolutePath().getParent());
    new ObjectMapper().writeValue(file.toFile(), results);
  }

  /**
   * Puts the tables between the page's two markers.
   *
   * @throws IOException if the page has no markers or cannot be written
   */
  static void writeTables(CustodyResults results, Path page) throws IOException {
    Report.replace(page, BEGIN, END, markdown(results));
  }

  /** The tables, and where and when they were measured. */
  static String markdown(CustodyResults results) {
    StringBuilder text = new StringBuilder();
    text.append(
        line(
            "Measured %s in %d s on %s. Load average before the run: %.1f. The disk keeps a page"
                + " in %.0f µs.",
            results.started(),
            results.seconds(),
            results.machine().sentence(),
            results.loadBefore(),
            results.syncNanos() / 1e3));
    List<String> subjects = List.copyOf(results.cells().getFirst().rates().keySet());
    text.append("\n| Token | Operation | Bytes |");
    subjects.forEach(subject -> text.append(format(" %s |", subject)));
    text.append("\n| --- | --- | ---: |").append(" ---: |".repeat(subjects.size())).append('\n');
    results.cells().forEach(cell -> text.append(row(cell)));
    text.append(
        "\n| What | Measured | Wanted |\n| --- | ---: | ---: |\n"
            + line(
                "| Finding the key of an alias that was looked up before | %.2f µs | 5 µs |",
                results.aliasNanos() / 1e3)
            + line(
                "| Import of one key on three nodes, median of %d (p99 %.0f ms) | %.1f ms | 50 ms |",
                results.imports().imports(),
                results.imports().p99Nanos() / 1e6,
                results.imports().p50Nanos() / 1e6)
            + line(
                "| Verification of %,d audit records | %.1f s | 30 s |",
                results.verification().records(), results.verification().nanos() / 1e9));
    return text.toString();
  }

  private static String row(CustodyCell cell) {
    StringBuilder row =
        new StringBuilder(
            format("| %s | %s | %,d |", cell.token(), cell.operation(), cell.payloadBytes()));
    for (String subject : cell.rates().keySet()) {
      row.append(format(" %,.0f", cell.callsPerSecond(subject)));
      if (!subject.equals(CustodyCell.HSM)) {
        row.append(format(", **%.2f**", cell.ratio(subject, CustodyCell.HSM)));
      }
      if (!subject.startsWith(CustodyCell.HSM)) {
        row.append(format(", %.2f", cell.ratio(subject, CustodyCell.FLOOR)));
      }
      row.append(" |");
    }
    return row.append('\n').toString();
  }

  private static String line(String format, Object... values) {
    return format(format, values) + "\n";
  }

  private static String format(String format, Object... values) {
    return String.format(Locale.ROOT, format, values);
  }
}
