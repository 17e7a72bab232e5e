package io.strongroom.benchmarks;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.ObjectMapper;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.EnumMap;
import java.util.List;
import java.util.Map;
import java.util.stream.Stream;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

class ReportTest {

  private static final Cell CELL = cell();

  private static final Results RESULTS =
      new Results(
          "2026-11-22T01:00:00Z",
          7,
          new Machine("Abacus", 2, "Linux 6", "JVM 25", "/lib/module.so"),
          0.5,
          2.0,
          Plan.quick(),
          List.of(CELL),
          Plan.quick().slow(),
          List.of(CELL));

  // The floor does 100, 200, 400 calls a second as the machine's load changes; the others a fixed
  // multiple of it.
  private static Cell cell() {
    Map<Contestant, List<Slice>> slices = new EnumMap<>(Contestant.class);
    for (Contestant contestant : Contestant.values()) {
      long share = 1L << contestant.ordinal();
      slices.put(
          contestant,
          Stream.of(1600 / share, 6400 / share, 3200 / share)
              .map(calls -> new Slice(calls, 16_000_000_000L, calls * 5_000 * share))
              .toList());
    }
    return new Cell(Operation.HMAC_SHA256, 8, slices);
  }

  @Test
  void ratio_whileTheLoadChanges_comparesWithinARound() {
    assertThat(CELL.median(Contestant.FLOOR, Slice::callsPerSecond)).isEqualTo(200);
    assertThat(ratio(Contestant.STRONGROOM_HSM, Contestant.FLOOR)).isEqualTo(0.5);
    assertThat(ratio(Contestant.STRONGROOM_HSM, Contestant.IPKCS11WRAPPER)).isEqualTo(8);
  }

  private static double ratio(Contestant contestant, Contestant base) {
    return CELL.ratio(contestant, base, Slice::callsPerSecond);
  }

  @Test
  void median_ofAnEvenNumber_isTheMiddle() {
    assertThat(Cell.median(List.of(9.0, 1.0, 2.0, 4.0))).isEqualTo(3);
  }

  @Test
  void table_writtenTwice_replacesTheOldOneAndNothingElse(@TempDir Path dir) throws IOException {
    Path page = dir.resolve("README.md");
    Files.writeString(page, "before\n" + Report.BEGIN + "\nold\n" + Report.END + "\nafter\n");
    Report.writeTable(RESULTS, page);
    Report.writeTable(RESULTS, page);
    assertThat(page)
        .content()
        .startsWith("before\n")
        .endsWith("\nafter\n")
        .doesNotContain("old")
        .containsOnlyOnce("Abacus")
        .containsOnlyOnce(
            "| HMAC-SHA-256, 256 B | 8 | 200 | 0.50 | 0.25 | 0.13 | 0.06 | **8.00** | **2.00** |")
        .containsOnlyOnce(
            "| HMAC-SHA-256, 256 B | 8 | 5 | 2.00 | 4.00 | 8.00 | 16.00 | **0.13** | **0.50** |")
        .containsOnlyOnce("| HMAC-SHA-256, 256 B | 8 | 8,000 | 0.03 | 0.01 | 0.01 | 0.00 | 0.00 |");
  }

  @Test
  void table_intoAPageWithoutMarkers_isRefused(@TempDir Path dir) throws IOException {
    Path page = Files.writeString(dir.resolve("README.md"), "no place\n");
    assertThatThrownBy(() -> Report.writeTable(RESULTS, page))
        .isInstanceOf(IOException.class)
        .hasMessageContaining(Report.BEGIN);
  }

  @Test
  void json_holdsEveryRound(@TempDir Path dir) throws IOException {
    Path file = dir.resolve("new/latest.json");
    Report.writeJson(RESULTS, file);
    JsonNode cell = new ObjectMapper().readTree(file.toFile()).get("cells").get(0);
    assertThat(cell.get("threads").asInt()).isEqualTo(8);
    assertThat(cell.get("slices").get("SUN_PKCS11")).hasSize(3);
  }
}
