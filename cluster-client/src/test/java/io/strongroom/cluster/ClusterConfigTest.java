package io.strongroom.cluster;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import io.strongroom.hsm.HsmDriver;
import io.strongroom.hsm.HsmException;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.util.List;
import java.util.stream.Collectors;
import java.util.stream.IntStream;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import org.junit.jupiter.params.provider.ValueSource;

class ClusterConfigTest {

  private static final String WHOLE =
      """
      cluster: demo
      az: az-a
      nodes:
        - {name: a, az: az-a, address: "127.0.0.1:7512"}
        - {name: b, az: az-b, address: "node-b:7513"}
        - {name: c, az: az-c, address: "[::1]:7514"}
      tls: {ca: ca.crt, certificate: ids/officer.crt, key: /abs/officer.key}
      quorum: 3
      deadline: 750ms
      hedge: 30ms
      """;

  @TempDir Path folder;

  @Test
  void read_wholeFile_givesEverything() throws IOException {
    ClusterConfig config = ClusterConfig.read(write(WHOLE));
    assertThat(config)
        .isEqualTo(
            new ClusterConfig(
                "demo",
                "az-a",
                List.of(
                    new ClusterConfig.Node("a", "az-a", "127.0.0.1", 7512),
                    new ClusterConfig.Node("b", "az-b", "node-b", 7513),
                    new ClusterConfig.Node("c", "az-c", "::1", 7514)),
                new ClusterConfig.Tls(
                    folder.resolve("ca.crt"),
                    folder.resolve("ids/officer.crt"),
                    Path.of("/abs/officer.key")),
                3,
                Duration.ofMillis(750),
                Duration.ofMillis(30)));
  }

  @Test
  void read_leastFile_hasDefaults() throws IOException {
    ClusterConfig config =
        ClusterConfig.read(
            write(without("az: az-a\n", "quorum: 3\n", "deadline: 750ms\n", "hedge: 30ms\n")));
    assertThat(config.zone()).isEmpty();
    assertThat(config.quorum()).isEqualTo(2);
    assertThat(config.deadline()).isEqualTo(Duration.ofSeconds(5));
    assertThat(config.hedge()).isNull();
  }

  @Test
  void changedCopies_keepTheHedge() throws IOException {
    ClusterConfig config = ClusterConfig.read(write(WHOLE));
    ClusterConfig changed =
        config.withNodes(List.of("a")).withZone("az-b").withIdentity(Path.of("/x/user"));
    assertThat(changed.hedge()).isEqualTo(Duration.ofMillis(30));
    assertThat(changed.withHedge(null).hedge()).isNull();
  }

  @Test
  void config_withAHedgeOfNoTime_isRefused() throws IOException {
    ClusterConfig config = ClusterConfig.read(write(WHOLE));
    assertThatThrownBy(() -> config.withHedge(Duration.ZERO))
        .isInstanceOf(HsmException.BadInput.class)
        .hasMessageContaining("hedge");
  }

  @Test
  void read_oneNode_hasAQuorumOfOne() throws IOException {
    String one =
        "cluster: demo\nnodes: [{name: a, address: \"a:1\"}]\n"
            + "tls: {ca: c, certificate: d, key: k}";
    assertThat(ClusterConfig.read(write(one)).quorum()).isEqualTo(1);
  }

  @ParameterizedTest
  @CsvSource({"1,1", "2,2", "3,2", "4,3", "5,3", "6,4"})
  void read_withoutQuorum_takesTheLeastMajority(int nodes, int quorum) throws IOException {
    String entries =
        IntStream.range(0, nodes)
            .mapToObj(i -> "{name: n%d, address: \"n:1\"}".formatted(i))
            .collect(Collectors.joining(", "));
    Path file =
        write(
            "cluster: demo\nnodes: [%s]\ntls: {ca: c, certificate: d, key: k}".formatted(entries));
    ClusterConfig config = ClusterConfig.read(file);
    assertThat(config.quorum()).isEqualTo(quorum);
    assertThat(config.withNodes(List.of("n0")).quorum()).isEqualTo(quorum);
  }

  @ParameterizedTest
  @CsvSource({
    "az: az-a,zone: az-a,zone",
    "name: b,nom: b,nom",
    "ca: ca.crt,cacert: ca.crt,cacert",
    "cluster: demo,cluster: Demo,Demo",
    "name: b,name: a,twice",
    "name: b,name: B,\"B\"",
    "quorum: 3,quorum: 4,quorum",
    "quorum: 3,quorum: 0,quorum",
    "hedge: 30ms,hedge: 0ms,hedge",
    "quorum: 3,quorum: 1,give at least 2",
    "deadline: 750ms,deadline: 750,deadline",
    "node-b:7513,node-b,nodes[1].address",
    "cluster: demo,cluster: ,cluster",
  })
  void read_wrongEntry_isRefusedByName(String good, String bad, String named) throws IOException {
    Path file = write(WHOLE.replace(good, bad));
    assertThatThrownBy(() -> ClusterConfig.read(file))
        .isInstanceOf(HsmException.BadInput.class)
        .hasMessageContainingAll(file.toString(), named);
  }

  @Test
  void read_tokenOfThisProcess_isItsNearestNode() throws IOException {
    String own = "{name: c, az: az-c, hsm: \"pkcs11:token=c\", seals: c/seals}";
    ClusterConfig config =
        ClusterConfig.read(
            write(
                without("az: az-a\n", "quorum: 3\n")
                    .replace("{name: c, az: az-c, address: \"[::1]:7514\"}", own)));
    ClusterConfig.Node node = config.nodes().getLast();
    assertThat(node.token())
        .isEqualTo(new ClusterConfig.Token("pkcs11:token=c", folder.resolve("c/seals")));
    assertThat(node.address()).isEqualTo("in-process");
    assertThat(config.ownZone()).isEqualTo("az-c");
    assertThat(config.withZone("az-b").ownZone()).isEqualTo("az-b");
    assertThat(config.toString()).doesNotContain("token=c");
  }

  @Test
  void read_tokensOnly_needsNoCertificates() throws IOException {
    String tokens = "cluster: demo\nnodes: [{name: a, hsm: \"pkcs11:token=a\", seals: seals}]";
    assertThat(ClusterConfig.read(write(tokens)).tls()).isEqualTo(ClusterConfig.Tls.NONE);
    Path server = write("cluster: demo\nnodes: [{name: a, address: \"a:1\"}]");
    assertThatThrownBy(() -> ClusterConfig.read(server))
        .isInstanceOf(HsmException.BadInput.class)
        .hasMessageContaining("tls");
  }

  @ParameterizedTest
  @ValueSource(
      strings = {
        "{name: a, address: \"a:1\", hsm: \"pkcs11:token=a\", seals: s}",
        "{name: a, hsm: \"cluster:/other.yaml\", seals: s}",
        "{name: a, hsm: \"pkcs11:token=a\"}",
      })
  void read_wrongToken_isRefusedByName(String node) throws IOException {
    Path file = write("cluster: demo\nnodes: [" + node + "]");
    assertThatThrownBy(() -> ClusterConfig.read(file))
        .isInstanceOf(HsmException.BadInput.class)
        .hasMessageContaining("nodes[0].");
  }

  @Test
  void url_withSettings_changesTheConfiguration() throws IOException {
    Path file = write(WHOLE);
    ClusterConfig config =
        ClusterDriver.config("cluster:" + file + "?nodes=b,c&identity=%2Fids%2Fuser-app&az=az-b");
    assertThat(config.nodes()).extracting(ClusterConfig.Node::name).containsExactly("b", "c");
    assertThat(config.quorum()).isEqualTo(3);
    assertThat(config.zone()).isEqualTo("az-b");
    assertThat(config.tls())
        .isEqualTo(
            new ClusterConfig.Tls(
                folder.resolve("ca.crt"),
                Path.of("/ids/user-app.crt"),
                Path.of("/ids/user-app.key")));
  }

  @Test
  void url_withoutSettings_isTheFileAsItIs() throws IOException {
    Path file = write(WHOLE);
    assertThat(ClusterDriver.config("cluster:" + file)).isEqualTo(ClusterConfig.read(file));
  }

  @ParameterizedTest
  @ValueSource(
      strings = {"?pin=1", "?nodes", "?nodes=", "?nodes=a&nodes=b", "?nodes=x", "?az=%zz", "?&"})
  void url_withWrongSetting_isRefused(String query) throws IOException {
    Path file = write(WHOLE);
    assertThatThrownBy(() -> ClusterDriver.config("cluster:" + file + query))
        .isInstanceOf(HsmException.BadInput.class);
  }

  @Test
  void url_withoutFile_isRefused() {
    assertThatThrownBy(() -> ClusterDriver.config("cluster:"))
        .isInstanceOf(HsmException.BadInput.class)
        .hasMessageContaining("names no file");
  }

  @Test
  void driver_isFoundByItsScheme() {
    assertThat(HsmDriver.forUrl("cluster:x")).isInstanceOf(ClusterDriver.class);
  }

  private Path write(String content) throws IOException {
    return Files.writeString(folder.resolve("cluster.yaml"), content);
  }

  private static String without(String... parts) {
    String text = WHOLE;
    for (String part : parts) {
      text = text.replace(part, "");
    }
    return text;
  }
}
