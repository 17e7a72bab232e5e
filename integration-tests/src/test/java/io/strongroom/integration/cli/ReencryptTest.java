package io.strongroom.integration.cli;

import static org.assertj.core.api.Assertions.assertThat;
import static org.awaitility.Awaitility.await;

import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.ObjectMapper;
import io.strongroom.cli.Strongroom;
import io.strongroom.softhsm.SoftHsmExtension;
import io.strongroom.softhsm.SoftHsmToken;
import io.strongroom.softhsm.TokenProcess;
import java.io.IOException;
import java.io.Reader;
import java.io.UncheckedIOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.util.Base64;
import java.util.List;
import java.util.Properties;
import java.util.stream.IntStream;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.extension.ExtendWith;
import org.junit.jupiter.api.io.TempDir;

/** Rotation and what comes after it on the command line, over one real token. */
@ExtendWith(SoftHsmExtension.class)
class ReencryptTest {

  private static final ObjectMapper JSON = new ObjectMapper();

  @TempDir Path folder;

  private SoftHsmToken token;
  private Cli cli;
  private String first;
  private String second;
  private String old;
  private String other;

  @BeforeEach
  void ciphertextOfARotatedAlias(SoftHsmToken made) throws IOException {
    token = made;
    cli = new Cli(folder, token.url(), store());
    first = cli.json("key create --origin hsm --alias alias/p").document().path("keyId").asText();
    second = cli.json("key create --origin hsm").document().path("keyId").asText();
    old = encrypt("one", "n=1");
    other = encrypt("two", "n=2");
    cli.json("alias rotate alias/p --previous-usable-for P90D", "--to", second).document();
  }

  @Test
  void alias_rotatedUndoneAndRotatedAgain_showsItsHistory() {
    JsonNode undone = cli.json("alias rotate alias/p --undo").document();
    assertThat(undone.path("keyId").asText()).isEqualTo(first);
    cli.json("alias rotate alias/p --undo").failedWith(3, "was undone already");
    cli.json("alias rotate alias/p --undo --previous-usable-for P1D").failedWith(2, "--undo");
    cli.json("alias rotate alias/p", "--to", second, "--previous-usable-for", "soon")
        .failedWith(2, "P90D");
    JsonNode policy = cli.json("alias policy alias/p --previous-usable-for P30D").document();
    assertThat(policy.path("previousUsableFor").asText()).isEqualTo("PT720H");
    JsonNode items = cli.json("alias history alias/p").document().path("items");
    assertThat(items).hasSize(2);
    assertThat(items.path(0).path("kind").asText()).isEqualTo("undo");
    assertThat(items.path(1).path("previousKeyId").asText()).isEqualTo(first);
    assertThat(items.path(1).path("previousUsableUntil").asText()).isNotEmpty();
  }

  @Test
  void reencrypt_oneCiphertext_isUnderTheNewKeyInTheNewContext() throws IOException {
    Files.write(folder.resolve("old"), Base64.getDecoder().decode(old));
    JsonNode fresh =
        cli.json("reencrypt --key alias/p --context n=1 --to-context n=9 --in {f}/old").document();
    assertThat(fresh.path("keyId").asText()).isEqualTo(second);
    assertThat(fresh.path("changed").asBoolean()).isTrue();
    assertThat(decrypt(fresh.path("ciphertext").asText(), "n=9")).isEqualTo("one");
    cli.json("reencrypt --key alias/p --in {f}/old").failedWith(6, "context");
    cli.json("reencrypt --key alias/p --in {f}/old --field x").failedWith(2, "--bulk");
  }

  @Test
  void bulk_jsonLines_replacesTheFieldAndNothingElseAndListsWhatFailed() throws IOException {
    lines(
        "{\"id\": 1.0, \"n\":\"1\", \"ct\" : \"" + old + "\", \"more\":{\"ct\":\"é\"}}",
        "{\"n\":\"2\",\"ct\":\"" + other + "\"}",
        "",
        "{\"n\":\"3\",\"ct\":\"" + old + "\"}",
        "{\"n\":\"1\",\"ct\":\"not base64!\"}",
        "no json");
    Cli.Result result = bulk("--field ct --context-from n=n");
    assertThat(result.code()).isEqualTo(7);
    JsonNode counts = result.json();
    assertThat(counts.path("lines").asInt()).isEqualTo(6);
    assertThat(counts.path("reencrypted").asInt()).isEqualTo(2);
    assertThat(counts.path("failed").asInt()).isEqualTo(3);
    List<String> out = Files.readAllLines(folder.resolve("out"));
    assertThat(out).hasSize(6);
    assertThat(out.get(0))
        .startsWith("{\"id\": 1.0, \"n\":\"1\", \"ct\" : \"")
        .endsWith("\", \"more\":{\"ct\":\"é\"}}");
    assertThat(decrypt(JSON.readTree(out.get(0)).path("ct").asText(), "n=1")).isEqualTo("one");
    assertThat(decrypt(JSON.readTree(out.get(1)).path("ct").asText(), "n=2")).isEqualTo("two");
    assertThat(out.subList(2, 6)).isEqualTo(Files.readAllLines(in()).subList(2, 6));
    List<String> rejects = Files.readAllLines(folder.resolve("out.rejects"));
    assertThat(rejects).hasSize(3);
    assertThat(rejects.get(0)).startsWith("4\t").contains("context");
    assertThat(rejects.get(1)).startsWith("5\t").contains("no base64");
    assertThat(rejects.get(2)).startsWith("6\t").contains("no JSON object");
  }

  @Test
  void bulk_columns_replacesTheColumnInItsQuotes() throws IOException {
    lines("1,\"a, \"\"b\"\"\",\"" + old + "\",x", "2,b," + other);
    JsonNode counts = bulk("--column 3 --context-from n=1").document();
    assertThat(counts.path("reencrypted").asInt()).isEqualTo(2);
    List<String> out = Files.readAllLines(folder.resolve("out"));
    assertThat(out.get(0)).startsWith("1,\"a, \"\"b\"\"\",\"").endsWith("\",x");
    assertThat(decrypt(out.get(1).substring("2,b,".length()), "n=2")).isEqualTo("two");
    assertThat(folder.resolve("out.rejects")).doesNotExist();
  }

  @Test
  void bulk_again_findsAllCurrentAndCopiesThem() throws IOException {
    lines(old, old);
    assertThat(bulk("--context n=1").document().path("reencrypted").asInt()).isEqualTo(2);
    bulk("--context n=1").failedWith(7, "exists already");
    Files.move(folder.resolve("out"), in(), java.nio.file.StandardCopyOption.REPLACE_EXISTING);
    JsonNode again = bulk("--context n=1").document();
    assertThat(again.path("alreadyCurrent").asInt()).isEqualTo(2);
    assertThat(folder.resolve("out")).hasSameBinaryContentAs(in());
  }

  @Test
  void bulk_toADisabledKey_isRefusedBeforeItBegins() throws IOException {
    lines(old);
    cli.json("key disable", second).document();
    assertThat(bulk("--context n=1").code()).isEqualTo(3);
    assertThat(folder.resolve("out.journal")).doesNotExist();
  }

  @Test
  void bulk_killedOnTheWay_goesOnWithNoLineLostOrDoubledAndTheirOrderKept() throws Exception {
    int count = 4000;
    lines(
        IntStream.range(0, count)
            .mapToObj(i -> "{\"i\":%d,\"ct\":\"%s\"}".formatted(i, i == 500 ? "bad" : old))
            .toArray(String[]::new));
    String command = "reencrypt --key alias/p --bulk {f}/in --out {f}/out --field ct --context n=1";
    String[] words =
        (command + " --workers 1 --hsm " + token.url() + " --store " + store())
            .replace("{f}", folder.toString())
            .split(" ");
    try (TokenProcess _ = TokenProcess.start(token, Strongroom.class, words)) {
      await().atMost(Duration.ofSeconds(120)).until(() -> journalledLines() >= 1000);
    }
    assertThat(folder.resolve("out")).doesNotExist();
    Cli.Result result = cli.json(command);
    assertThat(result.code()).as(result.err()).isEqualTo(7);
    assertThat(result.json().path("lines").asInt()).isEqualTo(count);
    assertThat(result.json().path("reencrypted").asInt()).isEqualTo(count - 1);
    List<String> out = Files.readAllLines(folder.resolve("out"));
    List<String> ciphertexts = out.stream().map(line -> field(line, "ct")).toList();
    assertThat(out.stream().map(line -> field(line, "i")))
        .containsExactlyElementsOf(IntStream.range(0, count).mapToObj(Integer::toString).toList());
    assertThat(ciphertexts).doesNotHaveDuplicates().doesNotContain(old);
    assertThat(decrypt(ciphertexts.get(0), "n=1")).isEqualTo("one");
    assertThat(decrypt(ciphertexts.get(count - 1), "n=1")).isEqualTo("one");
    assertThat(Files.readAllLines(folder.resolve("out.rejects")))
        .singleElement()
        .asString()
        .startsWith("501\t");
    assertThat(folder.resolve("out.journal")).doesNotExist();
  }

  @Test
  void bulk_otherInputUnderTheSameOutput_isRefused() throws IOException {
    lines(old);
    Files.writeString(
        folder.resolve("out.journal"),
        "job=another\nlines=1\nfailed=0\ncurrent=0\n"
            + "reencrypted=1\ninputBytes=1\noutputBytes=1\nrejectsBytes=0\ncomplete=false\n");
    bulk("--context n=1").failedWith(7, "is of another re-encryption");
  }

  @Test
  void doctor_ofADamagedToken_exits3AndRepairsWhatIsSafe() {
    JsonNode clean = cli.json("custody doctor").document();
    assertThat(clean.path("clean").asBoolean()).isTrue();
    try (io.strongroom.hsm.Hsm hsm = io.strongroom.hsm.Hsm.open(token.url())) {
      hsm.destroy(hsm.key("cmk/" + first + "/v1").id());
    }
    Cli.Result damaged = cli.json("custody doctor --repair --yes");
    assertThat(damaged.code()).isEqualTo(3);
    JsonNode item = damaged.json().path("items").path(0);
    assertThat(item.path("kind").asText()).isEqualTo("key_missing");
    assertThat(item.path("keyId").asText()).isEqualTo(first);
    assertThat(cli.run("custody doctor").out()).contains("key_missing", "something is wrong");
  }

  private String store() {
    return "sqlite:" + folder.resolve("custody.db");
  }

  private Path in() {
    return folder.resolve("in");
  }

  private void lines(String... lines) throws IOException {
    Files.write(in(), List.of(lines));
  }

  private Cli.Result bulk(String options) {
    return cli.json("reencrypt --key alias/p --bulk {f}/in --out {f}/out " + options);
  }

  private String encrypt(String plaintext, String context) throws IOException {
    Files.writeString(folder.resolve("plain"), plaintext);
    return cli.json("encrypt --key alias/p --in {f}/plain", "--context", context)
        .document()
        .path("ciphertext")
        .asText();
  }

  private String decrypt(String ciphertext, String context) throws IOException {
    Files.write(folder.resolve("sealed"), Base64.getDecoder().decode(ciphertext));
    JsonNode plain = cli.json("decrypt --in {f}/sealed", "--context", context).document();
    return new String(
        Base64.getDecoder().decode(plain.path("plaintext").asText()),
        java.nio.charset.StandardCharsets.UTF_8);
  }

  private static String field(String line, String name) {
    try {
      return JSON.readTree(line).path(name).asText();
    } catch (IOException e) {
      throw new UncheckedIOException(e);
    }
  }

  private long journalledLines() throws IOException {
    Path journal = folder.resolve("out.journal");
    if (!Files.exists(journal)) {
      return 0;
    }
    Properties values = new Properties();
    try (Reader reader = Files.newBufferedReader(journal)) {
      values.load(reader);
    }
    return Long.parseLong(values.getProperty("lines"));
  }
}
