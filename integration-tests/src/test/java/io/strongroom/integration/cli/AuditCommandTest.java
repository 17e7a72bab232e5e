package io.strongroom.integration.cli;

import static org.assertj.core.api.Assertions.assertThat;

import com.fasterxml.jackson.databind.JsonNode;
import io.strongroom.softhsm.SoftHsmToken;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.StandardCopyOption;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/** What an auditor does at the command line, over one token. */
class AuditCommandTest {

  @TempDir static Path folder;

  private static Cli cli;

  @BeforeAll
  static void token() {
    SoftHsmToken token = SoftHsmToken.create(folder.resolve("token"), "audit").withOwnLibrary();
    cli = new Cli(folder, token.url(), "sqlite:" + folder.resolve("custody.db"));
    cli.json("key create --origin hsm --alias alias/orders").document();
  }

  @Test
  void audit_withoutAnHsm_isReadVerifiedAndExportedFromTheStore() throws Exception {
    cli.run("key describe alias/orders --as auditee");
    JsonNode key = cli.json("audit public-key --out {f}/audit.pem").document();
    assertThat(key.path("source").asText()).isEqualTo("hsm");
    assertThat(key.path("fingerprint").asText()).matches("[0-9a-f]{64}");
    Cli alone = cli.withoutHsm();
    assertThat(alone.json("audit tail --principal auditee").document().path("items")).isNotEmpty();
    JsonNode verdict = alone.json("audit verify --public-key {f}/audit.pem").document();
    assertThat(verdict.path("result").asText()).isEqualTo("intact");
    assertThat(verdict.path("notChecked").toString()).contains("no HSM was named");
    String head = " --head " + verdict.path("headHash").asText();
    String count = " --count " + verdict.path("records").asText();
    alone.json("audit verify" + head + count).document();
    alone.json("audit verify" + head + " --count 1").failedWith(6, "record");
    long exported =
        alone.json("audit export --out {f}/audit.jsonl").document().path("records").asLong();
    assertThat(exported).isGreaterThan(0);
    JsonNode file =
        alone.json("audit verify --file {f}/audit.jsonl --public-key {f}/audit.pem").document();
    assertThat(file.path("records").asLong()).isEqualTo(exported);
    assertThat(alone.run("audit export --from 2 --to 3").out().lines())
        .map(line -> line.contains("AuditCheckpoint"))
        .contains(false);
    Files.writeString(
        folder.resolve("audit.jsonl"),
        Files.readString(folder.resolve("audit.jsonl")).replaceFirst("auditee", "somebody"));
    alone
        .json("audit verify --file {f}/audit.jsonl --public-key {f}/audit.pem")
        .failedWith(6, "additionalEventData");
  }

  @Test
  void store_fromAnOlderBackup_isRefusedUntilItIsAccepted() throws Exception {
    Path store = folder.resolve("restored.db");
    Cli restored = cli.withStore("sqlite:" + store);
    restored.json("key create --origin hsm --alias alias/before").document();
    Files.copy(store, folder.resolve("backup.db"));
    restored.json("key create --origin hsm --alias alias/after").document();
    Files.copy(folder.resolve("backup.db"), store, StandardCopyOption.REPLACE_EXISTING);
    restored.run("alias list").failedWith(3, "restored from an older backup", "accept-restore");
    restored.run("audit verify").failedWith(6, "restored from an older backup");
    restored.json("custody accept-restore --as carol", "--reason", "the disk died").document();
    assertThat(restored.json("alias list").document().path("items")).hasSize(1);
    restored.json("audit verify").document();
    restored
        .run("custody accept-restore", "--reason", "once more")
        .failedWith(3, "nothing to accept");
  }
}
