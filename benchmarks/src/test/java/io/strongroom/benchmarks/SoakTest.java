package io.strongroom.benchmarks;

import static org.assertj.core.api.Assertions.assertThat;

import io.strongroom.softhsm.SoftHsmToken;
import java.nio.file.Path;
import java.util.List;
import java.util.stream.IntStream;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

class SoakTest {
  private static final Machine MACHINE = new Machine("processor", 2, "system", "java", "module");

  @Test
  void soak_of20000Operations_growsNothing(@TempDir Path dir) throws Exception {
    SoftHsmToken token = SoftHsmToken.create(dir.resolve("token"), "soak");

    SoakReport report = Soak.run(token, 20_000, 32);

    assertThat(report.growth()).isEmpty();
    assertThat(report.samples()).hasSize(20);
    assertThat(report.samples().getLast().operations()).isGreaterThan(19_000);
    assertThat(report.samples()).allMatch(s -> s.sessions() > 0 && s.sessions() <= 20);
    // Six objects of four keys, and session copies of them.
    assertThat(report.samples()).allMatch(s -> s.objects() >= 6 && s.objects() <= 10);
    assertThat(report.samples()).allMatch(s -> s.heapKib() > 0 && s.residentKib() > 0);
  }

  private static SoakReport report(int heapGrowthKib, int objectGrowth) {
    List<SoakSample> samples =
        IntStream.rangeClosed(1, 20)
            .mapToObj(i ->
                new SoakSample(
                    i * 1_000L,
                    9,
                    6L + objectGrowth * i,
                    20_000L + heapGrowthKib * i,
                    90_000,
                    150_000,
                    40))
            .toList();
    return new SoakReport("2026-01-01T00:00:00Z", 1, 32, MACHINE, samples);
  }

  @Test
  void growth_ofHeapOrObjects_isTold() {
    assertThat(report(0, 0).growth()).isEmpty();
    assertThat(report(2_000, 0).growth()).singleElement().asString().startsWith("heap");
    assertThat(report(0, 1).growth()).singleElement().asString().startsWith("objects");
  }

  @Test
  void table_hasALineForEachSample() {
    assertThat(report(0, 0).markdown())
        .contains("| 20,000 | 9 | 6 | 20,000 | 90,000 | 150,000 | 40 |");
  }
}
