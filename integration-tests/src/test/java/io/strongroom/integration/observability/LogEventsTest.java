package io.strongroom.integration.observability;

import static org.assertj.core.api.Assertions.assertThat;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.Map;
import java.util.Set;
import java.util.TreeMap;
import java.util.TreeSet;
import java.util.regex.Pattern;
import org.junit.jupiter.api.Test;

/** Holds the table of events in docs/observability.md to what the sources log. */
class LogEventsTest {
  private static final Path PAGE = Path.of("..", "docs", "observability.md");
  private static final Pattern ROW =
      Pattern.compile("(?m)^\\| `([a-z_]+)` \\| ([A-Z, ]+) \\| [^|]{5,} \\| [^|]{5,} \\|$");

  private static Map<String, Set<String>> documented() throws IOException {
    Map<String, Set<String>> levels = new TreeMap<>();
    ROW.matcher(Files.readString(PAGE))
        .results()
        .forEach(row -> levels.put(row.group(1), new TreeSet<>(Set.of(row.group(2).split(", ")))));
    return levels;
  }

  @Test
  void page_hasEveryEventWithItsLevels() throws IOException {
    assertThat(documented()).isEqualTo(LogEvents.ofSources().levels());
  }

  @Test
  void everyLine_beginsWithItsEvent_andHasKeysOfOneKind() throws IOException {
    assertThat(LogEvents.ofSources().texts())
        .hasSizeGreaterThan(40)
        .allSatisfy(text -> {
          assertThat(text).matches("event=(\\{}|[a-z]+(_[a-z]+)*)( .*)?");
          assertThat(text).doesNotContainPattern("[a-z]-[a-z-]*=[\\\\{]");
        });
  }
}
