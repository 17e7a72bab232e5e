package io.strongroom.integration.cli;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import io.strongroom.cli.local.NodePlace;
import io.strongroom.cli.local.Roster;
import io.strongroom.hsm.HsmException;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/** What adding and removing a node does to files that people have written. */
class RosterTest {
  private static final String CLUSTER =
      """
      # the demo cluster
      cluster: demo
      nodes:   # one a line
        # the first
        - name: a
          az: az-a
          address: "127.0.0.1:1"
        - {name: b, az: az-b, address: "127.0.0.1:2"}

      tls: {ca: ca.crt, certificate: c.crt, key: c.key} # an officer's
      """;
  private static final String NODE =
      """
      cluster: demo
      name: NAME
      az: az-NAME
      listen: "127.0.0.1:9"
      hsm: "pkcs11:token=NAME"
      seals: seals
      tls: {ca: ca.crt, certificate: node.crt, key: node.key}
      # those who are asked
      peers: PEERS
      """;

  @TempDir Path home;

  private Path clusterYaml;
  private Roster roster;

  @BeforeEach
  void writeFiles() throws IOException {
    clusterYaml = Files.writeString(home.resolve("cluster.yaml"), CLUSTER);
    roster = new Roster(clusterYaml);
    node("a", "[]");
    node("c", "[]");
  }

  private Path node(String name, String peers) throws IOException {
    Path folder = Files.createDirectories(home.resolve(name));
    return Files.writeString(
        folder.resolve("node.yaml"), NODE.replace("NAME", name).replace("PEERS", peers));
  }

  private NodePlace place(String name, int port) {
    return new NodePlace(name, "az-" + name, "127.0.0.1:" + port, home.resolve(name));
  }

  @Test
  void node_added_isWrittenBesideTheOthersAndNothingElseChanges() {
    roster.add(place("c", 3));

    assertThat(clusterYaml)
        .hasContent(
            CLUSTER.replace(
                "\"127.0.0.1:2\"}\n",
                "\"127.0.0.1:2\"}\n  - {name: \"c\", az: \"az-c\", address: \"127.0.0.1:3\"}\n"));
    assertThat(home.resolve("a/node.yaml"))
        .content()
        .endsWith(
            "# those who are asked\npeers:\n- {name: \"c\", az: \"az-c\", address: \"127.0.0.1:3\"}\n");
    assertThat(home.resolve("c/node.yaml"))
        .content()
        .contains("{name: \"a\", az: \"az-a\", address: \"127.0.0.1:1\"}", "name: \"b\"");
    assertThat(roster.elsewhere()).containsExactly("b");
    assertThat(roster.changed()).hasSize(3);

    Roster again = new Roster(clusterYaml);
    again.add(place("c", 3));
    assertThat(again.changed()).isEmpty();
  }

  @Test
  void node_addedAgainElsewhere_hasItsEntryCorrected() {
    roster.add(place("a", 7));

    assertThat(clusterYaml)
        .content()
        .contains(
            "  # the first\n  - {name: \"a\", az: \"az-a\", address: \"127.0.0.1:7\"}\n  - {name: b")
        .doesNotContain("127.0.0.1:1\"");
  }

  @Test
  void node_removed_isGoneFromAllFilesAndCommentsStay() throws IOException {
    roster.add(place("c", 3));
    Roster removal = new Roster(clusterYaml);

    removal.remove("c");
    removal.remove("a");

    assertThat(clusterYaml)
        .content()
        .contains("# the demo cluster", "# one a line", "# the first", "{name: b", "# an officer's")
        .doesNotContain("name: a", "\"c\"");
    assertThat(Files.readString(home.resolve("a/node.yaml"))).contains("peers: []", "# those who");
    assertThatThrownBy(() -> removal.remove("b")).isInstanceOf(HsmException.BadInput.class);
    assertThat(clusterYaml).content().contains("{name: b");
  }

  @Test
  void list_inOneLine_isRefusedAndTheFileStays() throws IOException {
    String flow =
        CLUSTER
            .lines()
            .filter(line -> !line.contains("- ") && !line.startsWith("    "))
            .toList()
            .stream()
            .map(line -> line.startsWith("nodes") ? "nodes: [{name: a, address: \"h:1\"}]" : line)
            .reduce("", (all, line) -> all + line + "\n");
    Files.writeString(clusterYaml, flow);

    assertThatThrownBy(() -> roster.add(place("c", 3)))
        .isInstanceOf(HsmException.BadInput.class)
        .hasMessageContainingAll("cluster.yaml was not changed", "\"nodes\"", "a line of its own");

    assertThat(clusterYaml).hasContent(flow);
    assertThat(home).isDirectoryNotContaining("glob:**.part");
  }
}
