package io.strongroom.integration.cli;

import static org.assertj.core.api.Assertions.assertThat;
import static org.awaitility.Awaitility.await;

import com.fasterxml.jackson.databind.JsonNode;
import io.strongroom.cli.demo.NodeProcess;
import io.strongroom.integration.cluster.FreePorts;
import io.strongroom.softhsm.SoftHsmToken;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.util.List;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/** A cluster from its first node to its loss and back, as an operator does it. */
class LifecycleTest {
  private static final Duration PATIENCE = Duration.ofSeconds(60);

  @TempDir Path folder;

  private Cli cli;
  private SoftHsmToken offline;
  private int port;
  // Custody keeps one of its own beside those that are made here.
  private int keys;

  @Test
  void cluster_thatGrowsIsBackedUpShrinksAndIsLost_comesBackWithItsKeys() throws Exception {
    cli = new Cli(folder, "cluster:{f}/D/cluster.yaml", "sqlite:" + folder.resolve("custody.db"));
    port = FreePorts.consecutive(2);
    offline = SoftHsmToken.create(folder.resolve("offline"), "offline");
    init("D", "a", "--first").document();
    Files.writeString(
        folder.resolve("D/a/node.yaml"),
        "# kept by hand\n" + Files.readString(folder.resolve("D/a/node.yaml")));
    try (NodeProcess _ = NodeProcess.start(folder.resolve("D/a"))) {
      // The first handshake of a new process may take longer than a command waits.
      cli.json("cluster status --wait 60").document();
      cli.json("key create --origin hsm --alias alias/orders").document();
      Files.writeString(folder.resolve("plain"), "before the loss");
      cli.json("encrypt --key alias/orders --in {f}/plain --out {f}/sealed").document();

      growAndShrink();
      backUp();
    }
    restore();
  }

  private void growAndShrink() throws Exception {
    init("D", "b", "").document();
    join("b");
    assertThat(folder.resolve("D/cluster.yaml"))
        .content()
        .contains("\"b\"", "127.0.0.1:" + (port + 1));
    assertThat(folder.resolve("D/a/node.yaml")).content().contains("# kept by hand", "\"b\"");
    try (NodeProcess _ = NodeProcess.start(folder.resolve("D/b"))) {
      cli.json("cluster status --wait 60").document();
      cli.run("cluster leave --dir {f}/D/b").failedWith(3, "node b seems to run");
      // Node a takes its new peer up while it runs: it sees what is made at b alone.
      await()
          .atMost(PATIENCE)
          .until(() -> Files.readString(folder.resolve("D/a/node.log")).contains("peers=[b]"));
      JsonNode synced = cli.json("cluster sync").document();
      assertThat(synced.path("level").asBoolean()).isTrue();
      JsonNode status = cli.json("cluster status --healthy").document();
      assertThat(status.path("healthy").asBoolean()).isTrue();
      keys = status.path("nodes").path(0).path("keys").asInt();
      assertThat(keys).isPositive();
      assertThat(status.path("nodes").path(1).path("keys").asInt()).isEqualTo(keys);
    }
    Cli.Result lost = cli.json("cluster status");
    assertThat(lost.code()).isEqualTo(5);
    assertThat(lost.json().path("findings").findValuesAsText("kind"))
        .containsExactly("QUORUM_LOST", "NODE_AWAY");

    JsonNode left = cli.json("cluster leave --dir {f}/D/b --destroy-keys").document();
    assertThat(left.path("keysDestroyed").asInt()).isEqualTo(keys);
    assertThat(left.path("nodesLeft").asInt()).isEqualTo(1);
    assertThat(folder.resolve("D/cluster.yaml")).content().doesNotContain("\"b\"");
    assertThat(folder.resolve("D/a/node.yaml")).content().contains("# kept by hand", "peers: []");
    // Repeated after an interruption, it finds nothing left to do.
    assertThat(cli.json("cluster leave --dir {f}/D/b --destroy-keys").document())
        .isEqualTo(repeated(left));
    cli.run("cluster leave --dir {f}/D/a").failedWith(3, "seems to run");
  }

  private static JsonNode repeated(JsonNode left) {
    var copy = (com.fasterxml.jackson.databind.node.ObjectNode) left.deepCopy();
    copy.put("keysDestroyed", 0);
    copy.putArray("changedFiles");
    return copy;
  }

  private void backUp() throws Exception {
    Files.createDirectory(folder.resolve("backups"));
    JsonNode made =
        cli.json("cluster backup {f}/D/a --to {f}/backups", "--token", offline.url()).document();
    assertThat(made.path("keys").asInt()).isEqualTo(keys);
    assertThat(made.path("token").asText()).isEqualTo("offline");
    Files.move(Path.of(made.path("backup").asText()), folder.resolve("the.backup"));
    cli.json("cluster backup {f}/D/a --to {f}/again.backup", "--token", offline.url()).document();
    JsonNode verified =
        cli.json("cluster backup verify {f}/the.backup", "--token", offline.url()).document();
    assertThat(verified.path("domainKcv")).isEqualTo(made.path("domainKcv"));
    String restore =
        "cluster restore {f}/the.backup --dir {f}/D/a --officer-pin {f}/offline/so.pin";
    cli.run(restore, "--token", offline.url()).failedWith(3, "node a seems to run");
    cli.run("cluster backup {f}/D/a --to {f}/none/x", "--token", offline.url())
        .failedWith(7, "no folder");
    cli.run("cluster backup verify {f}/plain", "--token", offline.url()).failedWith(7, "no backup");
    byte[] changed = Files.readAllBytes(folder.resolve("the.backup"));
    changed[changed.length / 2] ^= 1;
    Files.write(folder.resolve("changed.backup"), changed);
    assertThat(cli.run("cluster backup verify {f}/changed.backup", "--token", offline.url()).code())
        .isIn(6, 7);
  }

  private void restore() throws Exception {
    Cli.Result made = init("E", "a", "--first --without-domain");
    assertThat(made.document().path("domainKcv").isNull()).isTrue();
    String restore = "cluster restore {f}/the.backup --dir {f}/E/a --officer-pin {f}/offline/P";
    cli.run(restore.replace("/P", "/user.pin"), "--token", offline.url())
        .failedWith(3, "security officer", "CKR_PIN_INCORRECT");
    JsonNode restored =
        cli.json(restore.replace("/P", "/so.pin"), "--token", offline.url()).document();
    assertThat(restored.path("joined").asBoolean()).isTrue();
    assertThat(restored.path("restored").asInt()).isEqualTo(keys);
    assertThat(restored.path("unopened").asInt()).isZero();
    try (NodeProcess _ = NodeProcess.start(folder.resolve("E/a"))) {
      cli.json("cluster status --wait 60 --hsm cluster:{f}/E/cluster.yaml").document();
      cli.json("decrypt --in {f}/sealed --out {f}/opened --hsm cluster:{f}/E/cluster.yaml")
          .document();
      assertThat(folder.resolve("opened")).hasContent("before the loss");
    }
  }

  private Cli.Result init(String home, String name, String more) {
    return Cli.plain(
        List.of(
            "node init --json --dir %s/%s/%s --name %s --az az-%s --cluster demo --listen 127.0.0.1:%d %s"
                .formatted(folder, home, name, name, name, port + name.charAt(0) - 'a', more)
                .strip()
                .split(" +")));
  }

  private void join(String name) {
    String files =
        " --dir {f}/D/a --request {f}/%s.request --out {f}/%s.grant ".formatted(name, name);
    String fingerprint =
        cli.json("cluster join request --dir {f}/D/%s --out {f}/%s.request".formatted(name, name))
            .document()
            .path("fingerprint")
            .asText();
    cli.json("cluster join approve" + files, "--fingerprint", fingerprint).document();
    cli.json("cluster join accept --dir {f}/D/%s --grant {f}/%s.grant".formatted(name, name))
        .document();
  }
}
