package io.strongroom.benchmarks;

import static io.strongroom.benchmarks.Contestant.FLOOR;
import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatIllegalStateException;

import io.strongroom.hsm.Hsm;
import io.strongroom.softhsm.Fault;
import io.strongroom.softhsm.FaultyLibrary;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.EnumSet;
import java.util.List;
import java.util.Map;
import java.util.Objects;
import org.junit.jupiter.api.AfterAll;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.EnumSource;

/** The harness on a real token, with every contestant in its own process; not their speed. */
class TournamentTest {

  private static BenchmarkToken token;
  private static Floor floor;
  private static Tournament tournament;
  private static Hsm hsm;

  @BeforeAll
  static void start(@TempDir Path dir) throws Exception {
    token = BenchmarkToken.create(dir.resolve("token"));
    floor = Floor.compile(dir);
    tournament = new Tournament(token, floor);
    hsm = Hsm.open(token.url());
  }

  @AfterAll
  static void stop() {
    hsm.close();
    tournament.close();
  }

  @ParameterizedTest
  @EnumSource(Operation.class)
  void contestants_onTheKnownInput_computeTheSameAndRight(Operation operation) throws Exception {
    Map<Contestant, byte[]> results = tournament.results(operation);
    assertThat(results).containsOnlyKeys(Contestant.values());
    Correctness.require(hsm, operation, results);
  }

  @Test
  void aWrongResult_isRefusedByName() {
    Map<Contestant, byte[]> results = tournament.results(Operation.HMAC_SHA256);
    Objects.requireNonNull(results.get(Contestant.SUN_PKCS11))[0] ^= 1;
    assertThatIllegalStateException()
        .isThrownBy(() -> Correctness.require(hsm, Operation.HMAC_SHA256, results))
        .withMessageContaining("SunPKCS11");
  }

  @Test
  void run_givesEveryContestantARateInEveryRoundOfEveryCell() {
    Plan plan =
        new Plan(2, 20, 20, List.of(1, 3), List.of(Operation.AES_GCM_1K, Operation.ECDSA_P256));
    List<Cell> shown = new ArrayList<>();
    List<Cell> cells = tournament.run(plan, shown::add);
    assertThat(cells).hasSize(4).isEqualTo(shown);
    assertThat(cells)
        .allSatisfy(cell -> {
          assertThat(cell.slices().keySet()).isEqualTo(EnumSet.allOf(Contestant.class));
          assertThat(cell.slices().values())
              .allSatisfy(slices ->
                  assertThat(slices)
                      .hasSize(2)
                      .allMatch(slice -> slice.callsPerSecond() > 0)
                      .allMatch(slice -> slice.cpuMicrosPerCall() > 0));
        });
  }

  @ParameterizedTest
  @EnumSource(names = {"FLOOR", "STRONGROOM_HSM"})
  void slowToken_takesAMillisecondACallAndGivesTheSame(Contestant contestant) throws Exception {
    Operation operation = Operation.HMAC_SHA256;
    try (FaultyLibrary library = token.slowLibrary()) {
      library.set(Fault.on("C_Sign").always().delays(Plan.SLOW_CALL));
      BenchmarkToken slow = token.through(library.library());
      try (WorkerProcess worker = WorkerProcess.start(contestant, slow, floor)) {
        assertThat(worker.check(operation)).isEqualTo(tournament.results(operation).get(FLOOR));
        assertThat(worker.run(operation, 2, 50).callsPerSecond()).isBetween(1.0, 2_000.0);
      }
    }
  }
}
