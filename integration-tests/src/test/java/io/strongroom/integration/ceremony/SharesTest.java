package io.strongroom.integration.ceremony;

import static org.assertj.core.api.Assertions.assertThat;

import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.ObjectMapper;
import io.strongroom.softhsm.SoftHsmExtension;
import io.strongroom.softhsm.SoftHsmToken;
import java.nio.charset.Charset;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.HexFormat;
import java.util.List;
import java.util.Locale;
import org.bouncycastle.crypto.threshold.ShamirSecretSplitter;
import org.bouncycastle.crypto.threshold.ShamirSplitSecret;
import org.bouncycastle.crypto.threshold.ShamirSplitSecretShare;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.extension.ExtendWith;
import org.junit.jupiter.api.io.TempDir;

/** Shares that are drawn in one ceremony, and give the key in another one without network. */
@ExtendWith(SoftHsmExtension.class)
class SharesTest {
  private static final List<String> NAMES = List.of("Ann Archer", "Bob Baker", "Eve Ellis");
  private static final String SHARE = "Your share, 96 hexadecimal digits: ";

  @TempDir static Path folder;

  private final CeremonyCli cli;

  SharesTest(SoftHsmToken token) {
    this.cli = new CeremonyCli(folder, token.url());
  }

  @Test
  void ceremony_ofTwoSharesOfThree_givesTheKeyAndLeavesNoShareInAnyMemory() throws Exception {
    List<String> shares = new ArrayList<>();
    String checkValue = issue(shares);
    assertThat(checkValue).isEqualTo(Custodian.checkValue(restored(shares)));

    String keyId = cli.importParameters(folder.resolve("key.pem"), folder.resolve("token"));
    cli.officer("ann");
    cli.encrypt("ann", "ann's own words");
    Path probe = Files.createDirectory(folder.resolve("probe"));
    try (Pty pty =
        Pty.start(
            List.of("io.strongroom.integration.ceremony.ProbedMain", probe.toString()),
            arguments())) {
      pty.expect("Passphrase of the signing key of Ann: ").type("ann's own words");
      pty.expect("Custodian 1 of 2").expect(SHARE).type(shares.get(2));
      pty.expect("Accepted: share number 3 of set").expect("Press Enter").type("");
      pty.expect("Custodian 2 of 2").expect(SHARE);
      List<String> held = ProbedMain.ask(probe, forms(shares.get(2)));
      assertThat(held).as("where the first share is during the second turn").hasSize(1);
      assertThat(held.getFirst()).as("as bytes, in the memory for secrets").startsWith("0 ");
      assertThatTheHeapHasNone(probe, shares.get(2));

      pty.type(shares.get(2)).expect("this share was entered before").expect(SHARE);
      pty.type(shares.get(0).replace('0', '1')).expect("checksum").expect(SHARE);
      pty.type(shares.get(0)).expect("Press Enter").type("");
      pty.expect("check value " + checkValue).expect("Type yes: ");
      for (int i : new int[] {0, 2}) {
        assertThat(ProbedMain.ask(probe, forms(shares.get(i))))
            .as("where share %d is once the key was put together", i + 1)
            .isEmpty();
        assertThatTheHeapHasNone(probe, shares.get(i));
      }
      assertThatTheHeapHasNone(probe, HexFormat.of().formatHex(restored(shares)));
      pty.type("yes");
      assertThat(pty.exitCode()).isZero();
      assertThat(pty.output()).doesNotContain("own words");
      assertThat(digits(pty.output())).doesNotContain(digits(shares.get(0)));
      assertThat(digits(pty.output())).doesNotContain(digits(shares.get(2)));
    }
    assertThatTheMaterialIsTheKey(keyId, checkValue);
  }

  private static String[] arguments() {
    return ("ceremony --threshold 2 --shares 3 --public-key {f}/key.pem --token {f}/token"
            + " --out {f}/material --record-out {f}/record.json --custodian Carl --custodian Dora"
            + " --sign-key Ann={f}/ann.key:{f}/ann.pem --json")
        .replace("{f}", folder.toString())
        .split(" ");
  }

  private void assertThatTheMaterialIsTheKey(String keyId, String checkValue) throws Exception {
    JsonNode imported =
        cli.json(
            "key",
            "import",
            "--key",
            keyId,
            "--token",
            folder.resolve("token").toString(),
            "--material",
            folder.resolve("material").toString(),
            "--expected-kcv",
            checkValue);
    assertThat(imported.path("state").asText()).isEqualTo("Enabled");
    JsonNode record = new ObjectMapper().readTree(folder.resolve("record.json").toFile());
    assertThat(record.path("outcome").asText()).isEqualTo("wrapped");
    assertThat(record.path("scheme").asText()).isEqualTo("shamir");
    assertThat(record.path("keyId").asText()).isEqualTo(keyId);
    assertThat(record.path("custodians").findValuesAsText("number")).containsExactly("3", "1");
    JsonNode verdict =
        cli.plain(
            "ceremony",
            "verify",
            folder.resolve("record.json").toString(),
            "--json",
            "--public-key",
            folder.resolve("ann.pem").toString());
    assertThat(verdict.path("signatures").findValuesAsText("signer")).containsExactly("Ann");
    cli.officer("bob");
    cli.encrypt("bob", "bob's own words");
    Files.writeString(folder.resolve("bob.words"), "bob's own words\n");
    cli.plain(
        "ceremony",
        "sign",
        folder.resolve("record.json").toString(),
        "--sign-key",
        "Bob=%1$s/bob.key:%1$s/bob.pem".formatted(folder),
        "--sign-key-passphrase",
        "Bob=" + folder.resolve("bob.words"),
        "--json");
    JsonNode both =
        cli.plain(
            "ceremony",
            "verify",
            folder.resolve("record.json").toString(),
            "--json",
            "--public-key",
            folder.resolve("ann.pem").toString(),
            "--public-key",
            folder.resolve("bob.pem").toString());
    assertThat(both.path("signatures").findValuesAsText("signer")).containsExactly("Ann", "Bob");
  }

  /** Draws three shares at a terminal, as their custodians would write them down. */
  private String issue(List<String> shares) throws Exception {
    try (Pty pty = Pty.start("ceremony", "shares", "--threshold", "2", "--shares", "3", "--json")) {
      for (String name : NAMES) {
        pty.expect("Your name: ").type(name).expect("press Enter").type("");
        String share = pty.expect("Your share is:\r\n\r\n").upTo("\r\n");
        String checkValue = pty.expect("Its check value is ").upTo(".");
        shares.add(share);
        assertThat(Custodian.checkValue(value(share))).isEqualTo(checkValue);
        pty.expect("press Enter").type("").expect("Type it back");
        if (shares.size() == 1) {
          pty.type(share.substring(1)).expect("95 hexadecimal digits").expect("see it again");
          pty.type("").expect("press Enter").type("").expect("Type it back");
        }
        pty.type(share).expect("That is it").expect("press Enter").type("");
      }
      String document = pty.upTo("exit code");
      return new ObjectMapper()
          .readTree(document.substring(document.indexOf('{')))
          .path("kcv")
          .asText()
          .toUpperCase(Locale.ROOT);
    }
  }

  private static byte[] restored(List<String> shares) throws Exception {
    ShamirSplitSecretShare[] two = {
      new ShamirSplitSecretShare(value(shares.get(1)), 2),
      new ShamirSplitSecretShare(value(shares.get(2)), 3)
    };
    return ShamirSplitSecret.getInstance(ShamirSecretSplitter.Algorithm.AES, two).getSecret();
  }

  private static byte[] value(String share) {
    return Arrays.copyOfRange(HexFormat.of().parseHex(digits(share)), 9, 41);
  }

  /** The forms in which a share may be somewhere: its value's bytes, and digits. */
  private static List<byte[]> forms(String share) {
    String hex = HexFormat.of().formatHex(value(share));
    List<byte[]> forms = new ArrayList<>(List.of(value(share)));
    for (Charset charset : List.of(StandardCharsets.US_ASCII, StandardCharsets.UTF_16LE)) {
      forms.add(hex.getBytes(charset));
      forms.add(hex.toUpperCase(Locale.ROOT).getBytes(charset));
      forms.add(share.substring(30, 90).getBytes(charset));
    }
    return forms;
  }

  private static void assertThatTheHeapHasNone(Path probe, String share) throws Exception {
    byte[] heap = Files.readAllBytes(probe.resolve("heap.hprof"));
    String text = new String(heap, StandardCharsets.ISO_8859_1);
    assertThat(text.contains("io.strongroom.cli.Strongroom") || text.contains("io/strongroom/cli"))
        .as("a heap dump of the command")
        .isTrue();
    List<byte[]> forms =
        share.length() == 64 ? List.of(HexFormat.of().parseHex(share)) : forms(share);
    for (byte[] form : forms) {
      assertThat(text.contains(new String(form, StandardCharsets.ISO_8859_1)))
          .as("the heap has a secret of %d bytes", form.length)
          .isFalse();
    }
  }

  private static String digits(String text) {
    return text.toLowerCase(Locale.ROOT).replaceAll("[^0-9a-f]", "");
  }
}
