package io.strongroom.provider;

import static org.assertj.core.api.Assertions.assertThat;

import io.strongroom.softhsm.SoftHsmExtension;
import io.strongroom.softhsm.SoftHsmToken;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;
import java.util.regex.MatchResult;
import java.util.regex.Matcher;
import java.util.regex.Pattern;
import java.util.stream.Collectors;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.extension.ExtendWith;
import org.junit.jupiter.api.io.TempDir;

/** The shell blocks of README.md, run as they stand, in their order. */
@ExtendWith(SoftHsmExtension.class)
class PlugInReadmeTest {
  private static final Pattern BLOCK = Pattern.compile("```sh\\n(.*?)```", Pattern.DOTALL);

  @TempDir private Path dir;

  @Test
  void readme_itsBlocksInOrder_runAsShown(SoftHsmToken token) throws Exception {
    Path script = dir.resolve("readme.sh");
    Files.writeString(script, "set -euo pipefail\n" + blocks(token.url()));

    Command.Outcome outcome = Command.run(dir, List.of("bash", script.toString()));

    assertThat(outcome.exitCode()).as(outcome.output()).isZero();
    assertThat(outcome.output())
        .contains("Certificate chain length: 2")
        .containsPattern("server, .*PrivateKeyEntry")
        .containsPattern("trusted-ca, .*trustedCertEntry")
        .contains("jar signed.")
        .contains("jar verified.")
        .contains("signed by Strongroom")
        .contains("verified: true")
        .doesNotContain("WARNING")
        .doesNotContain("Enter ")
        .doesNotContain(Files.readString(token.userPin()).strip());
    try (ProviderFixture fixture = new ProviderFixture(token)) {
      assertThat(fixture.hsm.keys()).hasSize(1);
    }
  }

  // As shown, but for the device's URL, and the jar, which is made after the tests have passed.
  private static String blocks(String url) throws Exception {
    List<String> blocks =
        BLOCK
            .matcher(Files.readString(Path.of("README.md")))
            .results()
            .map(block -> block.group(1))
            .toList();
    assertThat(blocks).hasSize(6);
    String shown = blocks.stream().collect(Collectors.joining());
    String own = setting(shown, "JAR=", Command.pathOf(HsmProvider.class));
    return setting(own, "URL=", "'" + url + "'");
  }

  private static String setting(String script, String name, String value) {
    Pattern line = Pattern.compile("(?m)^" + name + ".*$");
    assertThat(line.matcher(script).results().map(MatchResult::group)).hasSize(1);
    return line.matcher(script).replaceFirst(Matcher.quoteReplacement(name + value));
  }
}
