package io.strongroom.benchmarks.cluster;

import static org.assertj.core.api.Assertions.assertThat;

import io.strongroom.benchmarks.Machine;
import io.strongroom.benchmarks.Operation;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;
import java.util.Map;
import java.util.concurrent.TimeUnit;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

class TroubleRunTest {
  private static final long TROUBLE = TimeUnit.SECONDS.toNanos(2);

  // One operation a millisecond, each of 1 ms; none ends in 300 ms after the trouble, and the first
  // two after that have waited for it.
  private static Recording recording() {
    Samples samples = new Samples();
    for (int millis = 1; millis < 8_000; millis++) {
      boolean late = millis == 2_300 || millis == 2_301;
      if (millis <= 2_000 || millis >= 2_300) {
        long end = TimeUnit.MILLISECONDS.toNanos(millis);
        samples.add(end - (late ? 300_000_000 : 1_000_000), end, millis == 2_301);
      }
    }
    return new Recording(0, TimeUnit.SECONDS.toNanos(8), samples);
  }

  private static TroubleRun run() {
    return TroubleRun.of(Trouble.KILLED, Subject.CLUSTER, recording(), TROUBLE);
  }

  @Test
  void troubleRun_ofAGapOf300Millis_tellsItAndWhenTheRateWasBack() {
    TroubleRun run = run();
    assertThat(run.perSecondBefore()).isBetween(990.0, 1_001.0);
    assertThat(run.perSecondAfter()).isBetween(990.0, 1_001.0);
    assertThat(run.recoveryMillis()).isBetween(250L, 310L);
    assertThat(run.p99BeforeMicros()).isEqualTo(1_000);
    assertThat(run.p99FirstSecondMicros()).isEqualTo(1_000);
    assertThat(run.longestMillis()).isEqualTo(300);
    assertThat(run.failed()).isEqualTo(1);
  }

  @Test
  void recording_writtenAndRead_isTheSame(@TempDir Path dir) throws Exception {
    Path file = dir.resolve("recording");
    Recording written = recording();
    written.write(file);
    Recording read = Recording.read(file);
    assertThat(TroubleRun.of(Trouble.KILLED, Subject.CLUSTER, read, TROUBLE)).isEqualTo(run());
    assertThat(read.samples().size()).isEqualTo(written.samples().size());
  }

  @Test
  void quantiles_areOfAllSamples() {
    Samples samples = new Samples();
    assertThat(samples.quantileNanos(0.5)).isZero();
    for (int i = 1; i <= 1_000; i++) {
      samples.add(0, i, i % 100 == 0);
    }
    assertThat(samples.quantileNanos(0.5)).isEqualTo(501);
    assertThat(samples.quantileNanos(0.99)).isEqualTo(991);
    assertThat(samples.quantileNanos(1)).isEqualTo(1_000);
    assertThat(samples.failed()).isEqualTo(10);
  }

  @Test
  void tables_haveRatioAddedLatencyScalingAndTroubles(@TempDir Path dir) throws Exception {
    Path page = dir.resolve("README.md");
    Files.writeString(page, ClusterReport.BEGIN + "\nold\n" + ClusterReport.END + "\nafter\n");
    List<Rate> fast =
        List.of(new Rate(1_000, 0, 1_000_000_000, 20_000_000, 10_000, 20_000, 30_000));
    List<Rate> slow = List.of(new Rate(500, 0, 1_000_000_000, 50_000_000, 90_000, 99_000, 99_900));
    ClusterResults results =
        new ClusterResults(
            "2026-11-22T01:00:00Z",
            7,
            new Machine("Abacus", 2, "Linux 6", "JVM 25", "/lib/module.so"),
            0.5,
            ClusterPlan.quick(),
            20_000,
            50_000,
            List.of(
                new ClusterCell(
                    Operation.HMAC_SHA256,
                    1,
                    Map.of(Subject.IN_PROCESS, fast, Subject.CLUSTER, slow))),
            new SlowNodes.Scaling(slow, fast),
            List.of(run()));
    ClusterReport.writeTables(results, page);
    ClusterReport.writeJson(results, dir.resolve("cluster.json"));
    assertThat(page)
        .content()
        .endsWith("\nafter\n")
        .doesNotContain("old")
        .contains(
            "| HMAC-SHA-256, 256 B | 1 | cluster `Hsm` | 500 | **0.50** | 80 | 90 | 99 | 100 | 100 |")
        .contains("One node: 500/s. Three: 1,000/s, **2.00** times as many.")
        .contains("| `kill -9` | cluster `Hsm` |")
        .contains("TCP 20 µs, TLS 50 µs");
    assertThat(dir.resolve("cluster.json")).content().contains("\"tlsEchoNanos\":50000");
  }
}
