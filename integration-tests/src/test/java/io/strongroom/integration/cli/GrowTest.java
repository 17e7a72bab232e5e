package io.strongroom.integration.cli;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;
import static org.awaitility.Awaitility.await;

import com.fasterxml.jackson.databind.JsonNode;
import io.strongroom.cli.demo.NodeProcess;
import io.strongroom.integration.cluster.FreePorts;
import java.nio.file.Path;
import java.util.List;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/** A cluster of one node that gets a second one: {@code node init} and {@code cluster join}. */
class GrowTest {
  @TempDir Path folder;

  private Cli cli;
  private int port;

  @BeforeEach
  void makeTwoNodes() throws Exception {
    cli = new Cli(folder, "cluster:{f}/cluster.yaml", "sqlite:" + folder.resolve("custody.db"));
    port = FreePorts.consecutive(2);
    JsonNode first = init("a", port, "--first").document();
    assertThat(first.path("domainKcv").asText()).matches("[0-9a-f]{6}");
    JsonNode second = init("b", port + 1, "--peer a=az-a@127.0.0.1:" + port).document();
    assertThat(second.path("domainKcv").isNull()).isTrue();
  }

  @Test
  void cluster_ofOneNode_getsASecondOneThatHoldsItsKeys() throws Exception {
    try (NodeProcess _ = NodeProcess.start(folder.resolve("a"))) {
      // The first handshake of a new process may take longer than a command waits.
      cli.json("cluster status --wait 60").document();
      cli.json("key create --origin hsm --alias alias/early").document();

      String fingerprint = request().path("fingerprint").asText();
      // The member serves while its officer approves.
      String granted =
          cli.json(
                  "cluster join approve --dir {f}/a --request {f}/b.request --out {f}/b.grant",
                  "--fingerprint",
                  fingerprint)
              .document()
              .path("domainKcv")
              .asText();
      JsonNode accepted =
          cli.json("cluster join accept --dir {f}/b --grant {f}/b.grant").document();
      assertThat(accepted.path("domainKcv").asText()).isEqualTo(granted);
      assertThat(accepted.path("changedFiles").toString()).contains("cluster.yaml", "/a/node.yaml");

      try (NodeProcess _ = NodeProcess.start(folder.resolve("b"))) {
        JsonNode nodes = cli.json("cluster status --wait 60").document().path("nodes");
        assertThat(nodes.findValuesAsText("domainKcv")).containsExactly(granted, granted);
        await()
            .until(() -> cli.json("key describe alias/early").document().path("nodes").size() == 2);
        assertThat(cli.json("key create --origin hsm").document().path("nodes")).hasSize(2);
        assertThatThrownBy(() -> NodeProcess.start(folder.resolve("b")))
            .hasMessageContainingAll("strongroom: ", "/b/seals is in use", "end the other process");
      }
    }
  }

  @Test
  void ceremony_doneWrongly_isRefusedAndLeavesNothing() {
    assertThatThrownBy(() -> NodeProcess.start(folder.resolve("b")))
        .hasMessageContainingAll("strongroom: token \"b\" has no domain key", "cluster join");
    Cli.plain(List.of("cluster", "join")).failedWith(2, "request, approve, accept");
    cli.run("cluster join accept --dir {f}/b --grant {f}/a/node.yaml").failedWith(7, "join grant");
    cli.run("cluster join request --dir {f}/a --out {f}/x").failedWith(3, "member");
    cli.run("cluster join request --dir {f}/b --out {f}/none/x").failedWith(7, "no folder");
    cli.run("cluster join request --dir {f}/none --out {f}/x").failedWith(7, "none/node.yaml");
    String right = request().path("fingerprint").asText().replace(" ", "");
    String approve = "cluster join approve --dir {f}/a --out {f}/x --request ";
    cli.run(approve + "{f}/b.request --fingerprint 00").failedWith(3, "fingerprint");
    cli.run(approve + "{f}/none --fingerprint 00").failedWith(7, "/none cannot be read");
    cli.run(approve + "{f}/a/node.yaml --fingerprint 00").failedWith(7, "join request");
    cli.run(approve + "{f}/b.request --officer-pin {f}/none --fingerprint " + right)
        .failedWith(7, "/none cannot be read");
    cli.run(approve + "{f}/b.request --officer-pin {f}/a/user.pin --fingerprint " + right)
        .failedWith(3, "security officer", "CKR_PIN_INCORRECT");
    assertThat(folder.resolve("x")).doesNotExist();
  }

  @Test
  void nodeInit_withWrongOptions_isRefusedAndLeavesNothing() {
    init("c", 70_000, "").failedWith(2, "70000");
    init("C", port, "").failedWith(2, "\"C\"");
    init("c", port, "--peer a=az-a").failedWith(2, "NAME=AZ@HOST:PORT");
    init("c", port, "--first").failedWith(3, "ca.crt exists");
    init("b", port, "").failedWith(3, "/b is not empty");
    init("c", port, "--ca {f}/none").failedWith(7, "none/ca.crt", "no such file");
    assertThat(folder.resolve("c")).doesNotExist();
  }

  private Cli.Result init(String name, int listen, String more) {
    return Cli.plain(
        List.of(
            ("node init --json --dir %s/%s --name %s --az az-%s --cluster grow --listen 127.0.0.1:%d %s"
                .formatted(folder, name, name, name, listen, more)
                .replace("{f}", folder.toString())
                .strip()
                .split(" +"))));
  }

  private JsonNode request() {
    return cli.json("cluster join request --dir {f}/b --out {f}/b.request").document();
  }
}
