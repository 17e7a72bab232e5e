package io.strongroom.cluster.config;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import io.strongroom.hsm.HsmException;
import java.io.IOException;
import java.net.InetSocketAddress;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.util.Set;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import org.junit.jupiter.params.provider.ValueSource;

class YamlMapTest {
  @TempDir Path folder;

  private YamlMap read(String yaml, String... keys) throws IOException {
    return YamlMap.read(Files.writeString(folder.resolve("x.yaml"), yaml), Set.of(keys));
  }

  @Test
  void key_unknown_isRefusedWithFileAndKey() {
    assertThatThrownBy(() -> read("a: 1\nb: 2\n", "a"))
        .isInstanceOf(HsmException.BadInput.class)
        .hasMessageContaining("x.yaml: b: unknown key");
  }

  @Test
  void key_unknownInAList_isRefusedWithItsPath() throws IOException {
    YamlMap map = read("nodes: [{name: a}, {nam: b}]\n", "nodes");
    assertThatThrownBy(() -> map.list("nodes", Set.of("name")))
        .isInstanceOf(HsmException.BadInput.class)
        .hasMessageContaining("nodes[1].nam");
  }

  @Test
  void key_givenTwice_isRefused() {
    assertThatThrownBy(() -> read("a: 1\na: 2\n", "a")).isInstanceOf(HsmException.BadInput.class);
  }

  @Test
  void text_missing_isRefusedWithItsKey() throws IOException {
    YamlMap map = read("tls: {}\n", "tls").map("tls", Set.of("ca"));
    assertThatThrownBy(() -> map.text("ca"))
        .isInstanceOf(HsmException.BadInput.class)
        .hasMessageContaining("x.yaml: tls.ca: missing");
  }

  @Test
  void file_thatIsNoMapping_isRefused() {
    for (String yaml : new String[] {"", "- a\n", "just text\n", "a: [\n"}) {
      assertThatThrownBy(() -> read(yaml, "a"))
          .as(yaml)
          .isInstanceOf(HsmException.BadInput.class)
          .hasMessageContaining("x.yaml");
    }
  }

  @Test
  void path_relative_isMeantFromTheFilesFolder() throws IOException {
    assertThat(read("a: b/ca.crt\n", "a").path("a")).isEqualTo(folder.resolve("b/ca.crt"));
  }

  @ParameterizedTest
  @CsvSource({"500ms, PT0.5S", "5s, PT5S", "2m, PT2M"})
  void duration_written_isRead(String text, Duration wanted) throws IOException {
    assertThat(read("a: " + text + "\n", "a").duration("a", Duration.ZERO)).isEqualTo(wanted);
  }

  @ParameterizedTest
  @ValueSource(strings = {"5", "0s", "-1s", "5h", "s"})
  void duration_malformed_isRefused(String text) throws IOException {
    YamlMap map = read("a: \"" + text + "\"\n", "a");
    assertThatThrownBy(() -> map.duration("a", Duration.ZERO))
        .isInstanceOf(HsmException.BadInput.class)
        .hasMessageContaining("x.yaml: a");
  }

  @Test
  void address_written_isRead() throws IOException {
    assertThat(read("a: \"[::1]:7512\"\n", "a").address("a"))
        .isEqualTo(InetSocketAddress.createUnresolved("::1", 7512));
  }

  @ParameterizedTest
  @ValueSource(strings = {"host", "host:", ":1", "host:65536", "host:x"})
  void address_malformed_isRefused(String text) throws IOException {
    YamlMap map = read("a: \"" + text + "\"\n", "a");
    assertThatThrownBy(() -> map.address("a")).isInstanceOf(HsmException.BadInput.class);
  }

  @Test
  void integer_belowTheLeast_isRefused() throws IOException {
    YamlMap map = read("a: 0\n", "a");
    assertThatThrownBy(() -> map.integer("a", 1, 2)).isInstanceOf(HsmException.BadInput.class);
    assertThat(map.integer("b", 1, 2)).isEqualTo(2);
  }
}
