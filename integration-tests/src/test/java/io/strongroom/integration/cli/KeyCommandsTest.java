package io.strongroom.integration.cli;

import static org.assertj.core.api.Assertions.assertThat;

import com.fasterxml.jackson.databind.JsonNode;
import io.strongroom.softhsm.SoftHsmExtension;
import io.strongroom.softhsm.SoftHsmToken;
import java.nio.file.Files;
import java.nio.file.Path;
import java.security.KeyFactory;
import java.security.interfaces.RSAPublicKey;
import java.security.spec.X509EncodedKeySpec;
import java.util.Base64;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.extension.ExtendWith;
import org.junit.jupiter.api.io.TempDir;

/** The commands of docs/custody/keys.md, on a single token. */
@ExtendWith(SoftHsmExtension.class)
class KeyCommandsTest {

  @TempDir Path folder;

  private Cli cli;

  @BeforeEach
  void open(SoftHsmToken token) {
    cli = new Cli(folder, token.url(), "sqlite:" + folder.resolve("custody.db"));
  }

  @Test
  void key_tagsDescriptionAndPages_areAsAsked() {
    String orders =
        cli.json("key create --origin hsm --alias alias/orders --tag team=shop --tag stage=test")
            .document()
            .path("keyId")
            .asText();
    cli.json("key create --origin external --tag team=shop").document();
    cli.json("key create --origin external").document();

    JsonNode tagged = cli.json("key tag alias/orders --tag stage=live --tag a=b=c").document();
    assertThat(tagged.path("tags").path("stage").asText()).isEqualTo("live");
    assertThat(tagged.path("tags").path("a").asText()).isEqualTo("b=c");
    assertThat(cli.json("key untag alias/orders --tag a").document().path("tags").has("a"))
        .isFalse();
    assertThat(
            cli.json("key update alias/orders", "--description", "orders and returns")
                .document()
                .path("description")
                .asText())
        .isEqualTo("orders and returns");

    JsonNode first = cli.json("key list --limit 2").document();
    assertThat(first.path("items")).hasSize(2);
    JsonNode second =
        cli.json("key list --limit 2 --marker " + first.path("nextMarker").asText()).document();
    assertThat(second.path("items")).hasSize(1);
    assertThat(second.path("nextMarker").isNull()).isTrue();
    assertThat(cli.json("key list").document().path("items")).hasSize(3);
    assertThat(cli.json("key list --tag team=shop --state enabled").document().path("items"))
        .singleElement()
        .satisfies(key -> assertThat(key.path("keyId").asText()).isEqualTo(orders));

    cli.run("key list --limit 0").failedWith(2, "--limit is 1 to 1000");
    cli.run("key list --state asleep").failedWith(2, "PendingImport");
    cli.run("key list --marker x").failedWith(7, "no marker");
    cli.run("key tag alias/orders --tag nothing").failedWith(2, "wanted name=value");
    cli.run("key tag alias/orders --tag a=1 --tag a=2").failedWith(2, "twice");
  }

  @Test
  void key_rotatedAndScheduled_showsVersionsAndTheNextDate() throws Exception {
    cli.json("key create --origin hsm --alias alias/orders").document();
    Files.writeString(folder.resolve("plain"), "of the first version");
    cli.json("encrypt --key alias/orders --in {f}/plain --out {f}/sealed").document();
    assertThat(cli.json("key rotate alias/orders").document().path("version").asInt()).isEqualTo(2);
    JsonNode scheduled = cli.json("key enable-rotation alias/orders --days 365").document();
    assertThat(scheduled.path("rotationDays").asInt()).isEqualTo(365);
    assertThat(scheduled.path("nextRotation").asText()).isNotEmpty();
    JsonNode versions = cli.json("key versions alias/orders").document().path("items");
    assertThat(versions).hasSize(2).allMatch(version -> version.path("kcv").asText().length() == 6);
    assertThat(versions.findValuesAsText("current")).containsExactly("false", "true");
    cli.json("decrypt --in {f}/sealed --out {f}/opened").document();
    assertThat(folder.resolve("opened")).hasContent("of the first version");
    assertThat(cli.json("custody run --once").document().path("runs").asInt()).isEqualTo(1);
    assertThat(
            cli.json("key disable-rotation alias/orders").document().path("nextRotation").isNull())
        .isTrue();

    cli.run("key enable-rotation alias/orders --days 89").failedWith(7, "90 to 2560");
    cli.json("key create --origin external --alias alias/imported").document();
    cli.run("key rotate alias/imported").failedWith(3, "alias rotate");
    cli.run("custody run --every soon").failedWith(2, "30s, 5m or 1h");
  }

  @Test
  void key_forbiddenInItsState_isRefusedWithTheWayOut() {
    cli.json("key create --origin hsm --alias alias/orders").document();
    JsonNode pending = cli.json("key schedule-deletion alias/orders --days 7").document();
    assertThat(pending.path("state").asText()).isEqualTo("PendingDeletion");
    cli.run("key rotate alias/orders")
        .failedWith(3, "PendingDeletion", "first cancel-deletion, then enable");
    cli.run("encrypt --key alias/orders --in /dev/null").failedWith(3, "does not allow use");
    cli.json("key cancel-deletion alias/orders").document();
    cli.run("key cancel-deletion alias/orders").failedWith(3, "is Disabled", "it allows enable");
  }

  @Test
  void key_asymmetric_givesItsPublicHalfOut() throws Exception {
    JsonNode made =
        cli.json(
                "key create --origin hsm --spec RSA_2048 --usage ENCRYPT_DECRYPT --alias alias/inbox")
            .document();
    assertThat(made.path("usage").asText()).isEqualTo("ENCRYPT_DECRYPT");
    cli.json("key public-key alias/inbox --out {f}/inbox.pem").document();
    String body = Files.readString(folder.resolve("inbox.pem")).replaceAll("-----[A-Z ]+-----", "");
    RSAPublicKey key =
        (RSAPublicKey)
            KeyFactory.getInstance("RSA")
                .generatePublic(new X509EncodedKeySpec(Base64.getMimeDecoder().decode(body)));
    assertThat(key.getModulus().bitLength()).isEqualTo(2048);
    cli.json("key create --origin hsm --alias alias/secret").document();
    cli.run("key public-key alias/secret --out {f}/none.pem").failedWith(3, "only RSA and ECC");
    assertThat(folder.resolve("none.pem")).doesNotExist();
    cli.run("key create --origin hsm --spec HMAC_512 --usage SIGN_VERIFY")
        .failedWith(7, "GENERATE_VERIFY_MAC");
  }
}
