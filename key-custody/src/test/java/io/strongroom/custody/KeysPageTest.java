package io.strongroom.custody;

import static org.assertj.core.api.Assertions.assertThat;

import io.strongroom.custody.KeyState.Event;
import io.strongroom.hsm.KeyType;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.Arrays;
import java.util.List;
import java.util.Objects;
import java.util.stream.Collectors;
import java.util.stream.Stream;
import org.junit.jupiter.api.Test;

/** Holds the tables in docs/custody/keys.md to the code. */
class KeysPageTest {

  private static final Path PAGE = Path.of("..", "docs", "custody", "keys.md");

  @Test
  void page_tableOfStates_isTheTransitionTable() throws IOException {
    assertThat(Files.readAllLines(PAGE))
        .containsSequence(
            Stream.concat(
                    Stream.of(
                        row("", Arrays.stream(Event.values())),
                        "|" + "---|".repeat(1 + Event.values().length)),
                    Arrays.stream(KeyState.values()).map(KeysPageTest::row))
                .toList());
  }

  @Test
  void page_tableOfKinds_isThatOfTheSpecs() throws IOException {
    List<String> wanted =
        Arrays.stream(CmkSpec.values())
            .map(spec ->
                "| %s | %s | %s | %s |"
                    .formatted(
                        spec,
                        Lookup.words(spec.uses(), ", "),
                        word(spec.type().family() != KeyType.Family.EDWARDS),
                        word(spec.rotates())))
            .toList();
    assertThat(Files.readAllLines(PAGE)).containsSequence(wanted);
  }

  private static String row(KeyState state) {
    return row(
        state.toString(),
        Arrays.stream(Event.values())
            .map(event -> state.after(event).map(Objects::toString).orElse("–")));
  }

  private static String row(String head, Stream<?> cells) {
    return (head.isEmpty() ? "| |" : "| " + head + " |")
        + cells.map(cell -> " " + cell + " |").collect(Collectors.joining());
  }

  private static String word(boolean yes) {
    return yes ? "yes" : "no";
  }
}
