package io.strongroom.integration.cluster;

import static org.assertj.core.api.Assertions.assertThat;

import java.io.IOException;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.concurrent.TimeUnit;
import java.util.regex.Matcher;
import java.util.regex.Pattern;
import org.junit.jupiter.api.Tag;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/** The shell blocks of the README's "five things", run as they stand, in their order. */
@Tag("alone")
class ReadmeTest {
  private static final Pattern BLOCK = Pattern.compile("```sh\\n(.*?)```", Pattern.DOTALL);
  private static final Path ROOT = Path.of("..").toAbsolutePath().normalize();

  @TempDir Path folder;

  @Test
  void readme_itsFiveThingsInOrder_runAsShown() throws Exception {
    Files.createSymbolicLink(folder.resolve("strongroom"), ROOT.resolve("strongroom"));
    Path script = folder.resolve("readme.sh");
    Files.writeString(script, script());
    Path log = folder.resolve("readme.log");

    Process process =
        new ProcessBuilder("bash", script.toString())
            .directory(folder.toFile())
            .redirectErrorStream(true)
            .redirectOutput(log.toFile())
            .start();
    process.getOutputStream().close();
    boolean ended = process.waitFor(5, TimeUnit.MINUTES);
    if (!ended) {
      process.destroyForcibly();
    }

    String said = Files.readString(log, StandardCharsets.UTF_8);
    assertThat(ended).as("ended in time: %s", said).isTrue();
    assertThat(process.exitValue()).as("exit code: %s", said).isZero();
    assertThat(folder.resolve("card.out")).hasSameBinaryContentAs(folder.resolve("card.txt"));
    assertThat(folder.resolve("card.old")).hasSameBinaryContentAs(folder.resolve("card.txt"));
    assertThat(said).contains("serving").contains("rotateAlias").contains("intact");
  }

  // As shown, but for the port, which another cluster on this machine may have; and tidied up.
  private static String script() throws IOException {
    StringBuilder script =
        new StringBuilder("set -euo pipefail\ntrap 'kill $(jobs -p) && wait || true' EXIT\n");
    Matcher blocks = BLOCK.matcher(Files.readString(ROOT.resolve("README.md")));
    int count = 0;
    while (blocks.find()) {
      script.append(blocks.group(1));
      count++;
    }
    assertThat(count).as("shell blocks in the README").isEqualTo(5);
    String init = "cluster init --dir D";
    assertThat(script).contains(init);
    return script.toString().replace(init, init + " --base-port " + FreePorts.consecutive(3));
  }
}
