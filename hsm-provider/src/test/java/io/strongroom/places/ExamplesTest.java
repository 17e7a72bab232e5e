package io.strongroom.places;

import static org.assertj.core.api.Assertions.assertThat;

import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;
import java.util.regex.MatchResult;
import java.util.regex.Pattern;
import java.util.stream.Stream;
import org.junit.jupiter.api.Test;

/** Holds the Java blocks of README.md to the tested sources that they are parts of. */
class ExamplesTest {

  private static final Pattern BLOCK =
      Pattern.compile("(?:<!-- (\\S+)#(\\S+) -->\\n)?```java\\n(.*?)```", Pattern.DOTALL);
  private static final Pattern REGION =
      Pattern.compile("// tag::(\\S+)\\[]\\n(.*?)\\n *// end::\\1\\[]", Pattern.DOTALL);

  @Test
  void javaBlocks_ofTheReadme_areRegionsOfTestSources() throws Exception {
    List<MatchResult> blocks =
        BLOCK.matcher(Files.readString(Path.of("README.md"))).results().toList();
    assertThat(blocks).hasSizeGreaterThan(8);
    for (MatchResult block : blocks) {
      assertThat(block.group(1)).as("the source of %s", block.group(3)).isNotNull();
      assertThat(block.group(3).strip())
          .as(block.group(2))
          .isEqualTo(region(Path.of(block.group(1)), block.group(2)));
    }
  }

  @Test
  void regions_ofTheExamples_areAllShown() throws Exception {
    String readme = Files.readString(Path.of("README.md"));
    try (Stream<Path> files = Files.list(Path.of("src/test/java/io/strongroom/places"))) {
      for (Path file : files.filter(path -> path.toString().endsWith("Example.java")).toList()) {
        assertThat(REGION.matcher(Files.readString(file)).results().map(match -> match.group(1)))
            .as("%s", file)
            .isNotEmpty()
            .allMatch(tag -> readme.contains("<!-- " + file + "#" + tag + " -->"));
      }
    }
  }

  private static String region(Path file, String tag) throws Exception {
    return REGION
        .matcher(Files.readString(file))
        .results()
        .filter(match -> match.group(1).equals(tag))
        .map(match -> match.group(2).stripIndent().strip())
        .findFirst()
        .orElseThrow(() -> new AssertionError(file + " has no region " + tag));
  }
}
