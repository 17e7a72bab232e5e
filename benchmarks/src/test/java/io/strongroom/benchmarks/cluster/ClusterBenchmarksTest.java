package io.strongroom.benchmarks.cluster;

import static org.assertj.core.api.Assertions.assertThat;

import io.strongroom.benchmarks.Operation;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import org.junit.jupiter.api.AfterAll;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/** The harness on a real cluster, every subject and node in its own process; not their speed. */
class ClusterBenchmarksTest {
  private static final ClusterPlan PLAN =
      new ClusterPlan(List.of(Operation.HMAC_SHA256), List.of(1, 8), 1, 100, 50, 3_000, 100);

  private static BenchmarkCluster cluster;

  @BeforeAll
  static void make(@TempDir Path dir) throws Exception {
    cluster = BenchmarkCluster.create(dir.resolve("cluster"));
  }

  @AfterAll
  static void remove() {
    cluster.close();
  }

  @Test
  void subjects_computeTheSame_andEachGetsARate() throws Exception {
    List<String> one = List.of("a");
    cluster.serve(one);
    List<ClusterCell> shown = new ArrayList<>();
    try (Comparison comparison = new Comparison(cluster::handles)) {
      for (Subject subject : Subject.values()) {
        comparison.add(
            subject, subject == Subject.IN_PROCESS ? cluster.tokenUrl("a") : cluster.url(one));
      }
      assertThat(comparison.results(Operation.HMAC_SHA256).values())
          .hasSize(Subject.values().length)
          .containsOnly(comparison.results(Operation.HMAC_SHA256).get(Subject.IN_PROCESS));
      assertThat(comparison.run(PLAN, shown::add)).hasSize(2).isEqualTo(shown);
    }
    assertThat(shown)
        .allSatisfy(cell -> {
          assertThat(cell.rates()).containsOnlyKeys(Subject.values());
          for (Subject subject : Subject.values()) {
            assertThat(cell.median(subject, Rate::callsPerSecond)).isPositive();
          }
        });
  }

  @Test
  void nodeKilledUnderLoad_isRecorded_andServesAgainAfterwards() throws Exception {
    SlowNodes slow = new SlowNodes(cluster, PLAN);
    TroubleRun run = slow.run(Trouble.KILLED, Subject.CLUSTER);
    assertThat(run.operations()).isPositive();
    assertThat(run.longestMillis()).isPositive();
    assertThat(cluster.handles()).hasSize(3).allMatch(ProcessHandle::isAlive);
  }

  @Test
  void echo_takesTime() throws Exception {
    cluster.serve(List.of("a"));
    try (EchoFloor floor = EchoFloor.start(cluster.url(List.of("a")))) {
      assertThat(floor.plainNanos(PLAN.echoes())).isPositive();
      assertThat(floor.tlsNanos(PLAN.echoes())).isPositive();
    }
  }
}
