package io.strongroom.integration.cli;

import static org.assertj.core.api.Assertions.assertThat;

import com.fasterxml.jackson.databind.JsonNode;
import io.strongroom.softhsm.SoftHsmToken;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.Base64;
import java.util.List;
import java.util.stream.Stream;
import org.junit.jupiter.api.AfterAll;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.MethodOrderer;
import org.junit.jupiter.api.Order;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.TestMethodOrder;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.MethodSource;

/** Every form of the command, right and wrong, over one cluster of three node processes. */
@TestMethodOrder(MethodOrderer.OrderAnnotation.class)
class CommandLineTest {
  private static final List<String> KEY_FIELDS =
      List.of("keyId", "alias", "state", "origin", "spec", "version", "kcv", "nodes");

  @TempDir static Path folder;

  private static CliCluster cluster;
  private static Cli cli;

  @BeforeAll
  static void startCluster() throws Exception {
    cluster = CliCluster.start(folder);
    cli = cluster.cli();
    cli.json("cluster status --wait 60").document();
    WrongInputs.prepare(cluster);
  }

  @AfterAll
  static void endCluster() {
    if (cluster != null) {
      cluster.close();
    }
  }

  @Test
  void clusterStatus_ofThreeNodes_hasEachOneServing() {
    JsonNode nodes = cli.json("cluster status").document().path("nodes");
    assertThat(nodes.findValuesAsText("name")).isEqualTo(CliCluster.NODES);
    assertThat(nodes.findValuesAsText("zone")).containsExactly("az-a", "az-b", "az-c");
    assertThat(nodes.findValuesAsText("state")).containsOnly("serving");
    assertThat(nodes).allMatch(node -> node.path("keys").isInt() && node.path("missing").isInt());
    assertThat(cli.run("cluster status").out()).contains("az-b", "serving", "missing");
  }

  @Test
  void keyCreate_inTheHsm_describesTheKeyOnAllNodes() {
    JsonNode key =
        cli.json("key create --origin hsm --alias alias/made --description T").document();
    assertThat(key.fieldNames()).toIterable().containsAll(KEY_FIELDS);
    assertThat(key.path("alias").asText()).isEqualTo("alias/made");
    assertThat(key.path("state").asText()).isEqualTo("Enabled");
    assertThat(key.path("origin").asText()).isEqualTo("HSM");
    assertThat(key.path("spec").asText()).isEqualTo("AES_256");
    assertThat(key.path("version").asInt()).isEqualTo(1);
    assertThat(key.path("kcv").asText()).matches("[0-9a-f]{6}");
    assertThat(key.path("nodes")).hasSizeGreaterThanOrEqualTo(2);

    JsonNode described = cli.json("key describe alias/made").document();
    assertThat(described.path("keyId")).isEqualTo(key.path("keyId"));
    assertThat(cli.json("key describe " + key.path("keyId").asText()).document().path("kcv"))
        .isEqualTo(key.path("kcv"));
    assertThat(cli.json("key list").document().path("items").findValuesAsText("keyId"))
        .contains(key.path("keyId").asText());
    assertThat(cli.run("key list").out()).contains("alias/made", "Enabled");
  }

  @Test
  void keyImport_ofWrappedMaterial_enablesTheKey() throws Exception {
    JsonNode key = cli.json("key create --origin external --alias alias/own").document();
    assertThat(key.path("state").asText()).isEqualTo("PendingImport");
    assertThat(key.path("kcv").isNull()).isTrue();
    String kcv = material("alias/own", "own");

    JsonNode imported =
        cli.json(
                "key import --key alias/own --token {f}/own.token --material {f}/own.wrapped"
                    + " --expires 2099-01-31T00:00:00Z --expected-kcv "
                    + kcv.toUpperCase())
            .document();

    assertThat(imported.path("keyId")).isEqualTo(key.path("keyId"));
    assertThat(imported.path("state").asText()).isEqualTo("Enabled");
    assertThat(imported.path("origin").asText()).isEqualTo("EXTERNAL");
    assertThat(imported.path("kcv").asText()).isEqualTo(kcv);
    assertThat(imported.path("expires").asText()).isEqualTo("2099-01-31T00:00:00Z");
  }

  @Test
  void alias_createdMovedAndDeleted_isListedAccordingly() {
    String one = newKey();
    String other = newKey();
    assertThat(cli.json("alias create alias/moving --key " + one).document().path("keyId").asText())
        .isEqualTo(one);
    assertThat(aliases()).contains("alias/moving");
    JsonNode moved = cli.json("alias update alias/moving --key " + other).document();
    assertThat(moved.path("keyId").asText()).isEqualTo(other);
    cli.json("alias delete alias/moving").document();
    assertThat(aliases()).doesNotContain("alias/moving");
  }

  @Test
  void aliasRotate_toAPreparedKeyAndANewOne_movesTheAliasUnlessItIsADryRun() {
    String from = newKey();
    String to = newKey();
    cli.json("alias create alias/prepared --key " + from).document();
    JsonNode tried = cli.json("alias rotate alias/prepared --dry-run --to " + to).document();
    assertThat(tried.path("dryRun").asBoolean()).isTrue();
    assertThat(keyIdOf("alias/prepared")).isEqualTo(from);
    JsonNode rotated = cli.json("alias rotate alias/prepared --to " + to).document();
    assertThat(rotated.path("previousKeyId").asText()).isEqualTo(from);
    assertThat(rotated.path("keyId").asText()).isEqualTo(to);
    assertThat(keyIdOf("alias/prepared")).isEqualTo(to);

    JsonNode made = cli.json("alias rotate alias/prepared --new").document();
    assertThat(made.path("previousKeyId").asText()).isEqualTo(to);
    assertThat(made.path("nodes")).hasSizeGreaterThanOrEqualTo(2);
    assertThat(keyIdOf("alias/prepared")).isEqualTo(made.path("keyId").asText()).isNotEqualTo(to);
  }

  @Test
  void aliasRotate_toImportedMaterial_keepsOldCiphertextReadable() throws Exception {
    String from = newKey();
    cli.json("alias create alias/rotating --key " + from).document();
    Files.writeString(folder.resolve("card.txt"), "4111");
    cli.json("encrypt --key alias/rotating --in {f}/card.txt --out {f}/card.old").document();
    String to = cli.json("key create --origin external").document().path("keyId").asText();
    String kcv = material(to, "rotation");
    String rotate =
        "alias rotate alias/rotating --token {f}/rotation.token --material {f}/rotation.wrapped";

    JsonNode tried = cli.json(rotate + " --dry-run").document();
    assertThat(tried.path("kcv").asText()).isEqualTo(kcv);
    assertThat(keyIdOf("alias/rotating")).isEqualTo(from);
    assertThat(cli.json("key describe " + to).document().path("state").asText())
        .isEqualTo("PendingImport");

    cli.json(rotate).document();
    assertThat(cli.json("encrypt --key alias/rotating --in {f}/card.txt").document().path("keyId"))
        .hasToString("\"" + to + "\"");
    assertThat(cli.json("decrypt --in {f}/card.old --out {f}/card.again").document().path("keyId"))
        .hasToString("\"" + from + "\"");
    assertThat(folder.resolve("card.again")).hasContent("4111");
  }

  @Test
  void encryptAndDecrypt_ofTheLargestAndTheEmptyInput_giveItBack() throws Exception {
    cli.json("alias create alias/sizes --key " + newKey()).document();
    for (int bytes : new int[] {0, 4096}) {
      byte[] plaintext = "x".repeat(bytes).getBytes();
      Files.write(folder.resolve("plain"), plaintext);
      cli.json("encrypt --key alias/sizes --context a=1 --context b=x=y --in {f}/plain --out {f}/c")
          .document();
      JsonNode back = cli.json("decrypt --context b=x=y --context a=1 --in {f}/c").document();
      assertThat(Base64.getDecoder().decode(back.path("plaintext").asText())).isEqualTo(plaintext);
      assertThat(back.path("version").asInt()).isEqualTo(1);
    }
    assertThat(Files.getPosixFilePermissions(folder.resolve("c"))).hasSize(2);
  }

  @Test
  void decrypt_asACryptoUser_works() throws Exception {
    cli.json("alias create alias/for-users --key " + newKey()).document();
    Files.writeString(folder.resolve("user.txt"), "for users too");
    String user = " --hsm cluster:{f}/D/cluster.yaml?identity={f}/D/identities/user-app";
    cli.json("encrypt --key alias/for-users --in {f}/user.txt --out {f}/user.enc" + user)
        .document();
    cli.json("decrypt --in {f}/user.enc --out {f}/user.dec" + user).document();
    assertThat(folder.resolve("user.dec")).hasContent("for users too");
  }

  @Test
  void audit_afterACall_tellsOfItAndVerifies() {
    cli.run("key describe alias/orders --as alice");
    JsonNode last = cli.json("audit tail -n 1").document().path("items").path(0);
    assertThat(last.path("principal").asText()).isEqualTo("alice");
    assertThat(last.path("operation").asText()).isEqualTo("describeKey");
    assertThat(last.path("result").asText()).isEqualTo("ok");
    assertThat(cli.json("audit verify").document().path("result").asText()).isEqualTo("intact");
  }

  @Test
  void audit_ofAnEncryption_namesTheNodeThatDidIt() throws Exception {
    Files.writeString(folder.resolve("who.txt"), "who did it");
    cli.json("encrypt --key alias/orders --in {f}/who.txt --out {f}/who.enc").document();
    JsonNode nodes = last("--operation encrypt").path("nodes");
    assertThat(nodes).hasSize(1);
    assertThat(nodes.path(0).asText()).isIn("a", "b", "c");
    cli.json("decrypt --in {f}/who.enc --out {f}/who.dec").document();
    assertThat(last("--operation decrypt").path("nodes")).hasSize(1);
  }

  private JsonNode last(String filter) {
    return cli.json("audit tail -n 1 " + filter).document().path("items").path(0);
  }

  @Test
  void hsm_checkAndMechanisms_tellOfTheCluster() {
    assertThat(cli.json("hsm check cluster:{f}/D/cluster.yaml").document().path("label").asText())
        .isEqualTo("demo");
    assertThat(cli.json("hsm check").document().path("keys").isInt()).isTrue();
    assertThat(cli.json("hsm mechanisms").document().path("items").findValuesAsText("name"))
        .contains("CKM_AES_GCM");
  }

  @Test
  void commands_overOneToken_workWithoutACluster() throws Exception {
    SoftHsmToken token = SoftHsmToken.create(folder.resolve("single"), "single").withOwnLibrary();
    Cli single = new Cli(folder, token.url(), "sqlite:" + folder.resolve("single.db"));
    JsonNode key = single.json("key create --origin hsm --alias alias/one").document();
    assertThat(key.path("nodes").path(0).asText()).isEqualTo("single");
    Files.writeString(folder.resolve("one.txt"), "one token");
    single.json("encrypt --key alias/one --in {f}/one.txt --out {f}/one.enc").document();
    single.json("decrypt --in {f}/one.enc --out {f}/one.dec").document();
    assertThat(folder.resolve("one.dec")).hasContent("one token");
    assertThat(single.json("hsm check").document().path("label").asText()).isEqualTo("single");
    single.run("cluster status").failedWith(2, "names no cluster");
    cli.run("decrypt --in {f}/one.enc").failedWith(4, "there is no key");
  }

  @ParameterizedTest
  @MethodSource("wrongInputs")
  void wrongInput_isRefusedInOneLine(WrongInputs.Row row) {
    List<String> before = files();
    cli.run(row.command()).failedWith(row.code(), row.words());
    assertThat(files()).as("files after %s", row.command()).isEqualTo(before);
  }

  static Stream<WrongInputs.Row> wrongInputs() {
    return WrongInputs.rows();
  }

  /** After the wrong inputs, in whatever order the rest ran. */
  @Test
  @Order(Integer.MAX_VALUE - 1)
  void wrongInputs_allTogether_leaveNoKeyAndNoAlias() {
    assertThat(aliases()).noneMatch(alias -> alias.contains("wrong"));
    assertThat(cli.json("key list").document().path("items").findValuesAsText("description"))
        .noneMatch(description -> description.contains("wrong"));
    assertThat(cli.json("key describe alias/pending").document().path("state").asText())
        .isEqualTo("PendingImport");
  }

  @Test
  @Order(Integer.MAX_VALUE)
  void outage_ofOneTwoAndThreeNodes_isServedAsFarAsItCanBe() throws Exception {
    Files.writeString(folder.resolve("out.txt"), "in spite of it");
    String encrypt = "encrypt --key alias/orders --in {f}/out.txt --out {f}/out.enc";
    cluster.killNode("b");
    assertThat(states(cli.json("cluster status")))
        .containsExactly("serving", "unreachable", "serving");
    cli.json("cluster status --wait 1").failedWith(5, "b at 127.0.0.1", "unreachable");
    assertThat(cli.json("key create --origin hsm").document().path("nodes"))
        .extracting(JsonNode::asText)
        .containsExactlyInAnyOrder("a", "c");

    cluster.killNode("c");
    int keys = cli.json("key list").document().path("items").size();
    cli.run("key create --origin hsm --alias alias/wrong-two-down")
        .failedWith(5, "1 of 3 nodes serve and 2 are needed");
    assertThat(cli.json("key list").document().path("items")).hasSize(keys);
    cli.json(encrypt).document();
    cli.json("decrypt --in {f}/out.enc --out {f}/out.dec").document();
    assertThat(folder.resolve("out.dec")).hasContent("in spite of it");

    cluster.killNode("a");
    Cli.Result status = cli.json("cluster status");
    assertThat(states(status)).containsExactly("unreachable", "unreachable", "unreachable");
    status.failedWith(5, "no node of cluster \"demo\" serves", "node serve");
    cli.run(encrypt.replace("out.enc", "none.enc")).failedWith(5, "connection refused");
    assertThat(folder.resolve("none.enc")).doesNotExist();
    cli.run("key list").failedWith(5, "no node of cluster \"demo\" serves");
  }

  private static List<String> states(Cli.Result status) {
    return status.json().path("nodes").findValuesAsText("state");
  }

  private static String newKey() {
    return cli.json("key create --origin hsm").document().path("keyId").asText();
  }

  private static String keyIdOf(String alias) {
    return cli.json("key describe " + alias).document().path("keyId").asText();
  }

  private static List<String> aliases() {
    return cli.json("alias list").document().path("items").findValuesAsText("alias");
  }

  /** Gets parameters for import and wraps 32 bytes; returns their check value. */
  private static String material(String key, String name) throws Exception {
    cli.json(
            "key import-params --algorithm RSAES_OAEP_SHA_1 --public-key-out {f}/N.pem"
                    .replace("N", name)
                + " --token-out {f}/"
                + name
                + ".token --key "
                + key)
        .document();
    return CliCluster.wrap(folder.resolve(name + ".pem"), 32, folder.resolve(name + ".wrapped"));
  }

  private static List<String> files() {
    try (Stream<Path> files = Files.walk(folder, 2)) {
      return files.map(Path::toString).filter(f -> !f.contains("custody.db")).sorted().toList();
    } catch (java.io.IOException e) {
      throw new java.io.UncheckedIOException(e);
    }
  }
}
