package io.strongroom.integration.faults;

import com.fasterxml.jackson.databind.ObjectMapper;
import com.fasterxml.jackson.databind.SerializationFeature;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.concurrent.CopyOnWriteArrayList;

/**
 * What all faults of a run have cost, one row each; written to {@code target/faults.md} and {@code
 * target/faults.json} when the run is over. Safe for use by many threads.
 */
public final class FaultTable implements AutoCloseable {
  private static final Path FOLDER = Path.of("target");
  private static final String HEAD =
      """
      | Fault | Operations | Failed | p99 before | p99 during | p99 after | Longest | Time to recover |
      |---|---:|---:|---:|---:|---:|---:|---:|
      """;

  private final List<Row> rows = new CopyOnWriteArrayList<>();

  /**
   * A fault.
   *
   * @param fault what was done
   * @param before what was measured before it
   * @param during from the fault until all nodes served again
   * @param after and from then on
   * @param recovery the longest time below the full rate
   */
  public record Row(String fault, Phase before, Phase during, Phase after, Duration recovery) {
    int operations() {
      return before.operations() + during.operations() + after.operations();
    }

    int failed() {
      return before.failed() + during.failed() + after.failed();
    }

    private Map<String, Object> toJson() {
      Map<String, Object> json = new LinkedHashMap<>();
      json.put("fault", fault);
      json.put("operations", operations());
      json.put("failed", failed());
      json.put("before", toJson(before));
      json.put("during", toJson(during));
      json.put("after", toJson(after));
      json.put("recoveryMillis", recovery.toMillis());
      return json;
    }

    private static Map<String, Object> toJson(Phase phase) {
      Map<String, Object> json = new LinkedHashMap<>();
      json.put("operations", phase.operations());
      json.put("failed", phase.failed());
      json.put("p50Millis", millis(phase.p50()));
      json.put("p99Millis", millis(phase.p99()));
      json.put("maxMillis", millis(phase.max()));
      return json;
    }

    private static double millis(Duration duration) {
      return duration.toNanos() / 10_000 / 100.0;
    }

    private String toMarkdown() {
      return "| %s | %d | %d | %.1f ms | %.1f ms | %.1f ms | %.0f ms | %s |%n"
          .formatted(
              fault,
              operations(),
              failed(),
              millis(before.p99()),
              millis(during.p99()),
              millis(after.p99()),
              Math.max(millis(before.max()), Math.max(millis(during.max()), millis(after.max()))),
              recovery.isZero() ? "none lost" : "%.1f s".formatted(recovery.toMillis() / 1000.0));
    }
  }

  /** Takes a row in. */
  public void add(Row row) {
    rows.add(row);
  }

  /** Writes both files. */
  @Override
  public void close() throws IOException {
    if (rows.isEmpty()) {
      return;
    }
    StringBuilder markdown = new StringBuilder(HEAD);
    rows.forEach(row -> markdown.append(row.toMarkdown()));
    Files.createDirectories(FOLDER);
    Files.writeString(FOLDER.resolve("faults.md"), markdown);
    new ObjectMapper()
        .enable(SerializationFeature.INDENT_OUTPUT)
        .writeValue(
            FOLDER.resolve("faults.json").toFile(), rows.stream().map(Row::toJson).toList());
  }
}
