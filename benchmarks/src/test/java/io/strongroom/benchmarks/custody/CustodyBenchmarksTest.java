package io.strongroom.benchmarks.custody;

import static org.assertj.core.api.Assertions.assertThat;

import java.util.List;
import java.util.Map;
import org.junit.jupiter.api.Test;

/** The harness on real tokens, nodes and an SQLite store; not their speed. */
class CustodyBenchmarksTest {
  private static final CustodyPlan PLAN = new CustodyPlan(List.of(32), 1, 100, 50, 2, 500);

  @Test
  void run_measuresEverythingThatTheTablesShow() throws Exception {
    CustodyResults results = CustodyBenchmarks.measure(PLAN, Map.of());
    assertThat(results.cells())
        .extracting(cell -> cell.token() + ", " + cell.operation())
        .containsExactly(
            "SoftHSM2, encrypt",
            "SoftHSM2, decrypt",
            "1 ms a call, encrypt",
            "1 ms a call, decrypt");
    assertThat(results.cells())
        .allSatisfy(cell -> {
          assertThat(cell.rates())
              .containsOnlyKeys(CustodyCell.HSM, CustodyCell.FLOOR, "custody, SQLite");
          assertThat(cell.ratio("custody, SQLite", CustodyCell.HSM)).isPositive();
        });
    assertThat(results.imports().p50Nanos()).isPositive();
    assertThat(results.verification().records()).isGreaterThanOrEqualTo(PLAN.records());
    assertThat(CustodyReport.markdown(results)).contains("Import of one key on three nodes");
  }
}
