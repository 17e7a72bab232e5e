package io.strongroom.integration.ceremony;

import static org.assertj.core.api.Assertions.assertThat;

import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.ObjectMapper;
import io.strongroom.custody.Ciphertext;
import io.strongroom.softhsm.SoftHsmExtension;
import io.strongroom.softhsm.SoftHsmToken;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.Locale;
import java.util.Map;
import javax.crypto.Cipher;
import javax.crypto.spec.GCMParameterSpec;
import javax.crypto.spec.SecretKeySpec;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.extension.ExtendWith;
import org.junit.jupiter.api.io.TempDir;

/** Key ceremonies at a real terminal, over a real token. */
@ExtendWith(SoftHsmExtension.class)
class CeremonyTest {
  private static final String COMPONENT = "Your component, 64 hexadecimal digits: ";
  private static final String CHECK_VALUE = "Its check value, or Enter";

  private final Custodian ann = Custodian.of("Ann Archer");
  private final Custodian bob = Custodian.of("Bob Baker");
  private final Custodian eve = Custodian.of("Eve Ellis");
  private final CeremonyCli cli;

  @TempDir static Path folder;

  CeremonyTest(SoftHsmToken token) {
    this.cli = new CeremonyCli(folder, token.url());
  }

  @Test
  void ceremony_ofThreeCustodiansAtATerminal_importsTheirKeyAndLeavesARecord() throws Exception {
    String keyId = cli.externalKey();
    Path record = folder.resolve("record.json");
    String shown;
    try (Pty pty =
        Pty.start(
            "ceremony",
            "--key",
            keyId,
            "--hsm",
            cli.hsm,
            "--store",
            cli.store,
            "--components",
            "3",
            "--location",
            "vault 3",
            "--purpose",
            "payments",
            "--witness",
            "Will West",
            "--record-out",
            record.toString(),
            "--json")) {
      pty.expect("Custodian 1 of 3").expect("Your name: ").type(ann.name());
      pty.expect(COMPONENT)
          .type(ann.hex().substring(2))
          .expect("62 hexadecimal digits")
          .expect("Tries left: 2");
      pty.expect(COMPONENT).type(ann.hex()).expect(CHECK_VALUE).type(bob.checkValue());
      pty.expect("another check value").expect("Tries left: 1");
      pty.expect(COMPONENT).type(ann.hex()).expect(CHECK_VALUE).type(ann.checkValue());
      pty.expect("Accepted").expect("Press Enter").type("");

      pty.expect("Custodian 2 of 3").expect("Your name: ").type(ann.name());
      pty.expect("has had a turn already").expect("Your name: ").type(bob.name());
      pty.expect(COMPONENT).type(ann.hex()).expect(CHECK_VALUE).type(ann.checkValue());
      pty.expect("entered before").expect(COMPONENT).type(grouped(bob.hex()));
      pty.expect(CHECK_VALUE).type("").expect("The component again: ").type(bob.hex());
      pty.expect("Accepted").expect("Press Enter").type("");

      pty.expect("Custodian 3 of 3").expect("Your name: ").type(eve.hex());
      pty.expect("a component does not belong here").expect("Your name: ").type(eve.name());
      pty.expect(COMPONENT)
          .type(eve.hex())
          .expect(CHECK_VALUE)
          .type(eve.checkValue().toLowerCase(Locale.ROOT));
      pty.expect("Accepted").expect("Press Enter").type("");
      pty.expect("check value " + Custodian.checkValue(key())).expect("Type yes: ").type("yes");
      assertThat(pty.exitCode()).isZero();
      shown = pty.output();
    }
    // Eve's first answer was typed at a prompt that shows, and so is hers to answer for.
    for (Custodian custodian : List.of(ann, bob)) {
      assertThat(digits(shown)).doesNotContain(custodian.hex());
    }
    assertThat(shown.split("\u001b\\[H\u001b\\[2J\u001b\\[3J")).hasSizeGreaterThanOrEqualTo(5);
    assertThatTheHsmHasTheKey(keyId);
    assertThatTheRecordIsGood(keyId, record);
  }

  private void assertThatTheHsmHasTheKey(String keyId) throws Exception {
    Path plain = Files.writeString(folder.resolve("plain"), "top secret");
    Path sealed = folder.resolve("sealed");
    cli.json(
        "encrypt",
        "--key",
        keyId,
        "--in",
        plain.toString(),
        "--out",
        sealed.toString(),
        "--context",
        "a=b");
    Ciphertext ciphertext = Ciphertext.parse(Files.readAllBytes(sealed));
    Cipher gcm = Cipher.getInstance("AES/GCM/NoPadding");
    gcm.init(
        Cipher.DECRYPT_MODE,
        new SecretKeySpec(key(), "AES"),
        new GCMParameterSpec(128, ciphertext.iv()));
    gcm.updateAAD(ciphertext.aad(Map.of("a", "b")));
    assertThat(gcm.doFinal(ciphertext.sealed())).asString().isEqualTo("top secret");
  }

  private void assertThatTheRecordIsGood(String keyId, Path file) throws Exception {
    String text = Files.readString(file);
    JsonNode record = new ObjectMapper().readTree(text);
    assertThat(record.path("custodians").findValuesAsText("name"))
        .containsExactly(ann.name(), bob.name(), eve.name());
    assertThat(record.path("custodians").findValuesAsText("checkValue"))
        .containsExactly(ann.checkValue(), bob.checkValue(), eve.checkValue());
    assertThat(record.path("custodians").findValuesAsText("attempts"))
        .containsExactly("3", "2", "1");
    assertThat(record.path("outcome").asText()).isEqualTo("imported");
    assertThat(record.path("keyId").asText()).isEqualTo(keyId);
    assertThat(record.path("kcv").asText()).isEqualTo(Custodian.checkValue(key()));
    assertThat(record.path("location").asText()).isEqualTo("vault 3");
    assertThat(record.path("wrapping").path("wrappedSha256").asText()).hasSize(64);
    String transcript = Files.readString(Path.of(file + ".txt"));
    assertThat(transcript).contains(ann.name(), "Will West (witness)", "vault 3");
    for (String secret :
        List.of(ann.hex(), bob.hex(), eve.hex(), java.util.HexFormat.of().formatHex(key()))) {
      assertThat(digits(text + transcript)).doesNotContain(secret);
    }
    Path pem = folder.resolve("hsm.pem");
    cli.plain("ceremony", "signing-key", "--hsm", cli.hsm, "--out", pem.toString(), "--json");
    JsonNode verdict =
        cli.plain("ceremony", "verify", file.toString(), "--public-key", pem.toString(), "--json");
    assertThat(verdict.path("result").asText()).isEqualTo("intact");
    JsonNode last = cli.json("audit", "tail", "-n", "50");
    JsonNode noted =
        last.path("items")
            .valueStream()
            .filter(item -> item.path("operation").asText().equals("recordKeyCeremony"))
            .findFirst()
            .orElseThrow();
    assertThat(noted.path("details").path("recordSha256").asText())
        .isEqualTo(verdict.path("recordSha256").asText());
    assertThat(noted.path("details").path("custodians").asText()).contains(eve.name());
  }

  @Test
  void ceremony_withAnAlias_movesItToTheKey() throws Exception {
    JsonNode before = cli.json("key", "create", "--origin", "hsm", "--alias", "alias/pay");
    String keyId = cli.externalKey();
    List<String> command = new ArrayList<>(Pty.java());
    command.addAll(
        List.of(
            "io.strongroom.cli.Strongroom",
            "ceremony",
            "--key",
            keyId,
            "--alias",
            "alias/pay",
            "--custodian",
            "Ann",
            "--custodian",
            "Bob",
            "--components-from-fd",
            "0",
            "--expected-kcv",
            Custodian.checkValue(Custodian.combined(ann, bob)),
            "--hsm",
            cli.hsm,
            "--store",
            cli.store,
            "--json"));
    Process process = new ProcessBuilder(command).redirectErrorStream(true).start();
    try (var out = process.outputWriter(StandardCharsets.US_ASCII)) {
      for (Custodian custodian : List.of(ann, bob)) {
        out.write(custodian.hex() + "\n" + custodian.checkValue() + "\n");
      }
    }
    String said = new String(process.getInputStream().readAllBytes(), StandardCharsets.UTF_8);
    assertThat(process.waitFor()).as("exit code: %s", said).isZero();
    JsonNode document = new ObjectMapper().readTree(said);
    assertThat(document.path("alias").asText()).isEqualTo("alias/pay");
    assertThat(document.path("outcome").asText()).isEqualTo("imported");
    JsonNode now = cli.json("key", "describe", "alias/pay");
    assertThat(now.path("keyId").asText())
        .isEqualTo(keyId)
        .isNotEqualTo(before.path("keyId").asText());
  }

  private byte[] key() {
    return Custodian.combined(ann, bob, eve);
  }

  /** Digits and letters only, in lower case: grouping hides nothing. */
  private static String digits(String text) {
    return text.toLowerCase(Locale.ROOT).replaceAll("[^0-9a-z]", "");
  }

  private static String grouped(String hex) {
    return hex.toUpperCase(Locale.ROOT).replaceAll("(.{8})(?!$)", "$1-");
  }
}
