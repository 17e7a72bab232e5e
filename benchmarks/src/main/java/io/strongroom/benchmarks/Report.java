package io.strongroom.benchmarks;

import static io.strongroom.benchmarks.Contestant.FLOOR;
import static io.strongroom.benchmarks.Contestant.IPKCS11WRAPPER;
import static io.strongroom.benchmarks.Contestant.STRONGROOM_HSM;
import static io.strongroom.benchmarks.Contestant.STRONGROOM_JCA;
import static io.strongroom.benchmarks.Contestant.SUN_PKCS11;

import com.fasterxml.jackson.databind.ObjectMapper;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.Locale;
import java.util.function.ToDoubleFunction;

/** Writes results down: everything as JSON, and the ratios as a table in the README. */
public final class Report {
  static final String BEGIN = "<!-- results: written by run.sh -->";
  static final String END = "<!-- end of results -->";

  private Report() {}

  static void writeJson(Results results, Path file) throws IOException {
    Files.createDirectories(file.toAbsolutePath().getParent());
    new ObjectMapper().writeValue(file.toFile(), results);
  }

  /**
   * Puts the table between the page's two markers.
   *
   * @throws IOException if the page has no markers or cannot be written
   */
  static void writeTable(Results results, Path page) throws IOException {
    replace(page, BEGIN, END, markdown(results));
  }

  /**
   * Puts a text between two markers of a page.
   *
   * @throws IOException if the page has no such markers or cannot be written
   */
  public static void replace(Path page, String beginMark, String endMark, String text)
      throws IOException {
    String present = Files.readString(page);
    int begin = present.indexOf(beginMark);
    int end = present.indexOf(endMark);
    if (begin < 0 || end < begin) {
      throw new IOException(page + " has no lines \"" + beginMark + "\" and \"" + endMark + "\"");
    }
    String head = present.substring(0, begin + beginMark.length());
    Files.writeString(page, head + "\n" + text + present.substring(end));
  }

  /** The tables, and where and when they were measured. */
  static String markdown(Results results) {
    return String.format(
            Locale.ROOT,
            "Measured %s in %d s on %s. Load average before the run: %.1f; at its end, the run's own"
                + " threads included: %.1f.%n%n### Throughput%n%n",
            results.started(),
            results.seconds(),
            results.machine().sentence(),
            results.loadBefore(),
            results.loadAfter())
        + table(results, "calls/s", Slice::callsPerSecond)
        + "\n### Processor time\n\n"
        + table(results, "µs a call", Slice::cpuMicrosPerCall)
        + "\n### A token that takes 1 ms a call\n\n"
        + slowTable(results);
  }

  private static String slowTable(Results results) {
    StringBuilder text = new StringBuilder();
    text.append(
        "| Operation | Threads | at most, calls/s | raw C | `Hsm` | JCA | SunPKCS11 | ipkcs11wrapper |\n"
            + "| --- | ---: | ---: | ---: | ---: | ---: | ---: | ---: |\n");
    results.slowCells().forEach(cell -> text.append(slowRow(cell)));
    return text.toString();
  }

  private static String slowRow(Cell cell) {
    double most = cell.threads() * 1e9 / Plan.SLOW_CALL.toNanos();
    StringBuilder row =
        new StringBuilder(
            String.format(
                Locale.ROOT,
                "| %s | %d | %,.0f |",
                cell.operation().title(),
                cell.threads(),
                most));
    for (Contestant contestant : Contestant.values()) {
      double share = cell.median(contestant, Slice::callsPerSecond) / most;
      row.append(String.format(Locale.ROOT, " %.2f |", share));
    }
    return row.append("\n").toString();
  }

  private static String table(Results results, String unit, ToDoubleFunction<Slice> measure) {
    StringBuilder text = new StringBuilder();
    text.append("| Operation | Threads | raw C, ").append(unit);
    text.append(
        " | `Hsm` | JCA | SunPKCS11 | ipkcs11wrapper | `Hsm` ÷ ipkcs11wrapper | JCA ÷ SunPKCS11 |\n"
            + "| --- | ---: | ---: | ---: | ---: | ---: | ---: | ---: | ---: |\n");
    results.cells().forEach(cell -> text.append(row(cell, measure)));
    return text.toString();
  }

  private static String row(Cell cell, ToDoubleFunction<Slice> measure) {
    return String.format(
        Locale.ROOT,
        "| %s | %d | %,.0f | %.2f | %.2f | %.2f | %.2f | **%.2f** | **%.2f** |%n",
        cell.operation().title(),
        cell.threads(),
        cell.median(FLOOR, measure),
        cell.ratio(STRONGROOM_HSM, FLOOR, measure),
        cell.ratio(STRONGROOM_JCA, FLOOR, measure),
        cell.ratio(SUN_PKCS11, FLOOR, measure),
        cell.ratio(IPKCS11WRAPPER, FLOOR, measure),
        cell.ratio(STRONGROOM_HSM, IPKCS11WRAPPER, measure),
        cell.ratio(STRONGROOM_JCA, SUN_PKCS11, measure));
  }
}
