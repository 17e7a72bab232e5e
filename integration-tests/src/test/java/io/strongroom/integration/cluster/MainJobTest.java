package io.strongroom.integration.cluster;

import static org.assertj.core.api.Assertions.assertThat;
import static org.awaitility.Awaitility.await;

import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.ObjectMapper;
import io.strongroom.cli.Strongroom;
import java.io.PrintWriter;
import java.io.StringWriter;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;
import java.util.stream.Stream;
import org.junit.jupiter.api.Tag;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/** The main job, as {@code quickstart.sh} runs it: three tokens, three node processes. */
@Tag("alone")
class MainJobTest {
  @TempDir Path folder;

  @Test
  void demo_onThreeZones_doesEveryStepAndLeavesNoProcess() throws Exception {
    StringWriter out = new StringWriter();
    StringWriter err = new StringWriter();
    List<Long> before = children();

    int code =
        Strongroom.run(
            new PrintWriter(out, true),
            new PrintWriter(err, true),
            "demo",
            "--json",
            "--dir",
            folder.resolve("D").toString());

    assertThat(code).as("exit code, with the log: %s", err).isZero();
    JsonNode document = new ObjectMapper().readTree(out.toString());
    assertThat(document.path("result").asText()).isEqualTo("done");
    assertThat(document.path("items").findValuesAsText("result")).hasSize(10).containsOnly("ok");
    assertThat(document.path("items").findValuesAsText("step"))
        .anyMatch(step -> step.startsWith("10,000 operations"));
    await().untilAsserted(() -> assertThat(before).containsAll(children()));
    try (Stream<Path> files = Files.walk(folder)) {
      assertThat(files.map(Path::toString)).noneMatch(name -> name.contains("material"));
    }
  }

  private static List<Long> children() {
    return ProcessHandle.current().children().map(ProcessHandle::pid).sorted().toList();
  }
}
