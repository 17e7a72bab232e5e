package io.strongroom.cluster.node;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import io.strongroom.hsm.HsmException;
import java.io.IOException;
import java.net.InetSocketAddress;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

class NodeConfigTest {
  private static final String YAML =
      """
      cluster: demo
      name: a
      az: az-a
      listen: "127.0.0.1:7512"
      hsm: "pkcs11:token=a?module-path=/x.so&pin-source=file:/p&x-sessions=12"
      seals: seals
      tls: {ca: ca.crt, certificate: node.crt, key: node.key}
      peers:
        - {name: b, az: az-b, address: "127.0.0.1:7513"}
      sync: 500ms
      """;

  @TempDir Path folder;

  private NodeConfig read(String yaml) throws IOException {
    return NodeConfig.read(Files.writeString(folder.resolve("node.yaml"), yaml));
  }

  @Test
  void file_complete_isRead() throws IOException {
    NodeConfig config = read(YAML);
    assertThat(config.seals()).isEqualTo(folder.resolve("seals"));
    assertThat(config.certificate()).isEqualTo(folder.resolve("node.crt"));
    assertThat(config.sessions()).isEqualTo(12);
    assertThat(config.sync()).isEqualTo(Duration.ofMillis(500));
    assertThat(config.peers())
        .singleElement()
        .satisfies(peer -> assertThat(peer.address().getPort()).isEqualTo(7513));
  }

  @Test
  void sync_missing_isTwoSeconds() throws IOException {
    assertThat(read(YAML.replace("sync: 500ms\n", "")).sync()).isEqualTo(Duration.ofSeconds(2));
  }

  @Test
  void metrics_missing_areNotServed() throws IOException {
    assertThat(read(YAML).metrics()).isNull();
  }

  @Test
  void metrics_withAnAddress_areServedThere() throws IOException {
    assertThat(read(YAML + "metrics: \"127.0.0.1:9512\"\n").metrics())
        .isEqualTo(InetSocketAddress.createUnresolved("127.0.0.1", 9512));
  }

  @Test
  void metrics_withoutAHost_areRefused() {
    assertThatThrownBy(() -> read(YAML + "metrics: 9512\n"))
        .isInstanceOf(HsmException.BadInput.class)
        .hasMessageContaining("node.yaml: metrics");
  }

  @Test
  void key_unknown_isRefusedByName() {
    assertThatThrownBy(() -> read(YAML + "syncs: 1s\n"))
        .isInstanceOf(HsmException.BadInput.class)
        .hasMessageContaining("node.yaml: syncs");
  }

  @Test
  void key_missing_isRefusedByName() {
    for (String key : new String[] {"cluster", "name", "az", "listen", "hsm", "seals", "tls"}) {
      assertThatThrownBy(() -> read(YAML.replaceFirst("(?m)^" + key + ":.*\n", "")))
          .as(key)
          .isInstanceOf(HsmException.BadInput.class)
          .hasMessageContaining("node.yaml: " + key);
    }
  }

  @Test
  void peer_thatIsTheNodeItself_isRefused() {
    assertThatThrownBy(() -> read(YAML.replace("{name: b", "{name: a")))
        .isInstanceOf(HsmException.BadInput.class)
        .hasMessageContaining("peers");
  }

  @Test
  void name_thatIsNoFileName_isRefused() {
    assertThatThrownBy(() -> read(YAML.replace("name: a", "name: ../a")))
        .isInstanceOf(HsmException.BadInput.class)
        .hasMessageContaining("name");
  }
}
