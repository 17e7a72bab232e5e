package io.strongroom.integration.scripts;

import static java.nio.charset.StandardCharsets.UTF_8;
import static org.assertj.core.api.Assertions.assertThat;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.attribute.FileTime;
import java.time.Instant;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/** {@code scripts/summary.sh}: what {@code test.sh} says at its end, and when it fails. */
class TestSummaryTest {
  private static final Path SCRIPT = Path.of("../scripts/summary.sh").toAbsolutePath().normalize();

  @TempDir Path root;

  @BeforeEach
  void stampBeforeTheRun() throws IOException {
    Files.createFile(root.resolve("stamp"));
    Files.setLastModifiedTime(
        root.resolve("stamp"), FileTime.from(Instant.parse("2020-01-01T00:00:00Z")));
  }

  @Test
  void summary_twoModules_countsEachAndAll() throws Exception {
    report("one", "a.FirstTest", 5, 0, "");
    report("two", "a.SecondTest", 7, 0, "");
    Outcome outcome = summarise();
    assertThat(outcome.output)
        .containsPattern("one +5 +0 +0")
        .containsPattern("two +7 +0 +0")
        .containsPattern("all +12 +0 +0")
        .endsWith("12 passed, 0 failed, 0 skipped\n");
    assertThat(outcome.exitCode).isZero();
  }

  @Test
  void summary_nestedClasses_areCountedThoughTheSuiteSaysNone() throws Exception {
    String cases = cases("a.FirstTest$Nested", 5, 2, "");
    report("one", "a.FirstTest", "tests=\"0\" errors=\"0\" skipped=\"0\" failures=\"0\"", cases);
    Outcome outcome = summarise();
    assertThat(outcome.output).endsWith("3 passed, 2 failed, 0 skipped\n");
    assertThat(outcome.exitCode).isEqualTo(1);
  }

  @Test
  void summary_failedTest_fails() throws Exception {
    report("one", "a.FirstTest", 5, 1, "");
    Outcome outcome = summarise();
    assertThat(outcome.output).endsWith("4 passed, 1 failed, 0 skipped\n");
    assertThat(outcome.exitCode).isEqualTo(1);
  }

  @Test
  void summary_unexpectedSkip_failsAndGivesTheReason() throws Exception {
    report("one", "a.FirstTest", 5, 0, "not today");
    Outcome outcome = summarise();
    assertThat(outcome.output)
        .contains("SKIPPED, which it may not be: a.FirstTest#skipped: not today");
    assertThat(outcome.exitCode).isEqualTo(1);
  }

  @Test
  void summary_containersSkippedWithoutEngine_passesAndGivesTheReason() throws Exception {
    report("one", "a.ContainerClusterTest", 5, 0, "no engine");
    Outcome outcome = summarise();
    assertThat(outcome.output)
        .contains("skipped: a.ContainerClusterTest#skipped: no engine")
        .endsWith("4 passed, 0 failed, 1 skipped\n");
    assertThat(outcome.exitCode).isZero();
  }

  @Test
  void summary_noTestRan_fails() throws Exception {
    Outcome outcome = summarise();
    assertThat(outcome.output).contains("no test ran");
    assertThat(outcome.exitCode).isEqualTo(1);
  }

  @Test
  void summary_reportOfAnEarlierRun_isNotCounted() throws Exception {
    report("one", "a.FirstTest", 5, 0, "");
    Files.setLastModifiedTime(root.resolve("stamp"), FileTime.from(Instant.now().plusSeconds(60)));
    assertThat(summarise().output).contains("no test ran");
  }

  private void report(String module, String test, int tests, int failures, String skipReason)
      throws IOException {
    int skips = skipReason.isEmpty() ? 0 : 1;
    String counts =
        "tests=\"%d\" errors=\"0\" skipped=\"%d\" failures=\"%d\""
            .formatted(tests, skips, failures);
    report(module, test, counts, cases(test, tests, failures, skipReason));
  }

  private static String cases(String test, int tests, int failures, String skipReason) {
    StringBuilder cases = new StringBuilder();
    for (int i = 0; i < tests; i++) {
      boolean skipped = i == tests - 1 && !skipReason.isEmpty();
      String inside = "";
      if (i < failures) {
        inside = "    <failure type=\"a.Failure\">expected: &lt;error></failure>\n";
      } else if (skipped) {
        inside = "    <skipped message=\"" + skipReason + "\"/>\n";
      }
      cases.append(
          """
            <testcase name="%s" classname="%s" time="0.1">
          %s  </testcase>
          """
              .formatted(skipped ? "skipped" : "ran", test, inside));
    }
    return cases.toString();
  }

  private void report(String module, String test, String counts, String cases) throws IOException {
    Path reports = Files.createDirectories(root.resolve(module).resolve("target/surefire-reports"));
    Files.writeString(
        reports.resolve("TEST-" + test + ".xml"),
        """
        <?xml version="1.0" encoding="UTF-8"?>
        <testsuite version="3.0.2" name="%s" time="0.1" %s>
        %s</testsuite>
        """
            .formatted(test, counts, cases));
  }

  private Outcome summarise() throws IOException, InterruptedException {
    ProcessBuilder builder =
        new ProcessBuilder(
                "bash",
                "-c",
                "set -euo pipefail; have() { false; }; . \"$0\"; summarise \"$ROOT/stamp\"",
                SCRIPT.toString())
            .redirectErrorStream(true);
    builder.environment().put("ROOT", root.toString());
    Process process = builder.start();
    String output = new String(process.getInputStream().readAllBytes(), UTF_8);
    return new Outcome(process.waitFor(), output);
  }

  private record Outcome(int exitCode, String output) {}
}
