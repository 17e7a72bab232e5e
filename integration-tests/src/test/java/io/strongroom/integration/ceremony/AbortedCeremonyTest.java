package io.strongroom.integration.ceremony;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.ObjectMapper;
import io.strongroom.cli.Strongroom;
import io.strongroom.cli.ceremony.HsmDestination;
import io.strongroom.custody.CmkSpec;
import io.strongroom.custody.Custody;
import io.strongroom.custody.CustodyException;
import io.strongroom.custody.KeyRequest;
import io.strongroom.custody.KeyService;
import io.strongroom.custody.WrappingAlgorithm;
import io.strongroom.custody.WrappingKeySpec;
import io.strongroom.hsm.Hsm;
import io.strongroom.softhsm.SoftHsmExtension;
import io.strongroom.softhsm.SoftHsmToken;
import java.io.PrintWriter;
import java.io.StringWriter;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Clock;
import java.util.ArrayList;
import java.util.List;
import java.util.Locale;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.TestInstance;
import org.junit.jupiter.api.extension.ExtendWith;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

/** Ceremonies that come to nothing leave nothing. */
@ExtendWith(SoftHsmExtension.class)
@TestInstance(TestInstance.Lifecycle.PER_CLASS)
class AbortedCeremonyTest {
  private static final String COMPONENT = "Your component, 64 hexadecimal digits: ";

  @TempDir static Path folder;

  private final Custodian ann = Custodian.of("Ann");
  private final Custodian bob = Custodian.of("Bob");

  @BeforeAll
  void getParameters(SoftHsmToken token) throws Exception {
    new CeremonyCli(folder, token.url())
        .importParameters(folder.resolve("key.pem"), folder.resolve("token"));
  }

  @BeforeEach
  void clear() throws Exception {
    for (String name : List.of("material", "record.json", "record.json.txt")) {
      Files.deleteIfExists(folder.resolve(name));
    }
  }

  @Test
  void ceremony_interruptedAtTheSecondTurn_leavesTheTerminalAsItWasAndNothingElse() {
    try (Pty pty = Pty.start(offline())) {
      pty.expect(COMPONENT).type(ann.hex()).expect("Its check value").type(ann.checkValue());
      pty.expect("Press Enter").type("").expect("Custodian 2 of 2").expect(COMPONENT).interrupt();
      assertThat(pty.exitCode()).isEqualTo(130);
      assertThat(pty.output()).doesNotContain(ann.hex());
    }
    assertThat(folder.resolve("material")).doesNotExist();
    assertThat(folder.resolve("record.json")).doesNotExist();
  }

  @Test
  void ceremony_wrongThreeTimes_endsWithARecordOfThat() throws Exception {
    try (Pty pty = Pty.start(offline())) {
      for (int i = 0; i < 3; i++) {
        pty.expect(COMPONENT).type(ann.hex()).expect("Its check value").type("000000");
      }
      assertThat(pty.exitCode()).isEqualTo(7);
      assertThat(pty.output()).contains("the component of Ann was not accepted");
    }
    assertThat(folder.resolve("material")).doesNotExist();
    JsonNode record = new ObjectMapper().readTree(folder.resolve("record.json").toFile());
    assertThat(record.path("outcome").asText()).startsWith("failed: the component of Ann");
    assertThat(record.has("kcv")).isFalse();
  }

  @Test
  void ceremony_endOfInputAtAHiddenPrompt_isGivenUp() {
    try (Pty pty = Pty.start(offline())) {
      pty.expect(COMPONENT).endOfInput();
      assertThat(pty.exitCode()).isEqualTo(3);
      assertThat(pty.output()).contains("the input ended");
    }
    assertThat(folder.resolve("material")).doesNotExist();
  }

  @Test
  void ceremony_withoutATerminal_isRefused() throws Exception {
    Done done = piped("", offline());
    assertThat(done.code()).isEqualTo(3);
    assertThat(done.output()).contains("not both a terminal", "--components-from-fd");
  }

  @Test
  void ceremony_fromADescriptor_wrapsTheKey() throws Exception {
    String kcv = Custodian.checkValue(Custodian.combined(ann, bob));
    Done done = piped(lines(), fromDescriptor(kcv));
    assertThat(done.output()).contains("\"kcv\" : \"" + kcv.toLowerCase(Locale.ROOT) + "\"");
    assertThat(done.code()).isZero();
    assertThat(Files.size(folder.resolve("material"))).isEqualTo(256);
  }

  @Test
  void ceremony_keyWithAnotherCheckValue_wrapsNothing() throws Exception {
    Done done = piped(lines(), fromDescriptor("000000"));
    assertThat(done.code()).isEqualTo(7);
    assertThat(done.output()).contains("not 000000 as expected").doesNotContain(ann.hex());
    assertThat(folder.resolve("material")).doesNotExist();
  }

  @Test
  void ceremony_whereMemoryCannotBeLocked_isRefusedUnlessThatIsAllowed() throws Exception {
    String[] arguments = fromDescriptor(Custodian.checkValue(Custodian.combined(ann, bob)));
    Done refused = run(withoutLockedMemory(), lines(), arguments);
    assertThat(refused.output()).contains("ulimit -l", "--allow-unlocked-memory");
    assertThat(refused.code()).isEqualTo(3);
    List<String> allowing = new ArrayList<>(List.of(arguments));
    allowing.add("--allow-unlocked-memory");
    Done allowed = run(withoutLockedMemory(), lines(), allowing.toArray(String[]::new));
    assertThat(allowed.code()).as("exit code: %s", allowed.output()).isZero();
    assertThat(folder.resolve("record.json")).content().contains("memory not locked");
  }

  @Test
  void destination_thatTakesNoMaterial_isRefusedBeforeAnybodyEntersAny(SoftHsmToken token) {
    try (Hsm hsm = Hsm.open(token.url());
        Custody custody =
            Custody.open(hsm, "sqlite:" + folder.resolve("destination.db"), Clock.systemUTC())) {
      KeyService keys = custody.as("officer");
      String generated = keys.createKey(KeyRequest.generated()).keyId().toString();
      String external = keys.createKey(KeyRequest.external()).keyId().toString();
      assertThatThrownBy(() -> new HsmDestination(keys, generated, how("alias/none")))
          .isInstanceOf(CustodyException.Refused.class)
          .hasMessageContaining("a ceremony is for an external key that is PendingImport");
      assertThatThrownBy(() -> new HsmDestination(keys, external, how("alias/none")))
          .isInstanceOf(CustodyException.NotFound.class)
          .hasMessageContaining("alias/none");
      keys.createAlias("alias/there", external);
      assertThatThrownBy(() -> new HsmDestination(keys, external, how("alias/there")))
          .isInstanceOf(CustodyException.Refused.class)
          .hasMessageContaining("leave --alias out");
      keys.createKey(
          KeyRequest.generated().withSpec(CmkSpec.HMAC_256).withAlias("alias/other-kind"));
      assertThatThrownBy(() -> new HsmDestination(keys, external, how("alias/other-kind")))
          .isInstanceOf(CustodyException.Refused.class)
          .hasMessageContaining("HMAC_256");
      HsmDestination.How lacking =
          new HsmDestination.How(
              WrappingAlgorithm.RSAES_OAEP_SHA_256, WrappingKeySpec.RSA_2048, null, null);
      assertThatThrownBy(() -> new HsmDestination(keys, external, lacking))
          .isInstanceOf(CustodyException.Refused.class)
          .hasMessageContaining("cannot unwrap RSAES_OAEP_SHA_256");
    }
  }

  private static HsmDestination.How how(String alias) {
    return new HsmDestination.How(
        WrappingAlgorithm.RSAES_OAEP_SHA_1, WrappingKeySpec.RSA_2048, alias, null);
  }

  /** A process that may lock nothing; root gives up what would let it do so all the same. */
  private static List<String> withoutLockedMemory() {
    List<String> command = new ArrayList<>();
    if (System.getProperty("user.name").equals("root")) {
      command.addAll(
          List.of("setpriv", "--bounding-set=-ipc_lock,-sys_resource", "--inh-caps=-all"));
    }
    command.addAll(List.of("prlimit", "--memlock=0:0"));
    return command;
  }

  @ParameterizedTest
  @ValueSource(
      strings = {
        "ceremony",
        "ceremony --key k --public-key {f}/key.pem",
        "ceremony --public-key {f}/key.pem --token {f}/token",
        "ceremony --key k --hsm pkcs11:x --components 1",
        "ceremony --key k --hsm pkcs11:x --components 9",
        "ceremony --key k --hsm pkcs11:x --threshold 2",
        "ceremony --key k --hsm pkcs11:x --threshold 4 --shares 3",
        "ceremony --key k --hsm pkcs11:x --threshold 1 --shares 3",
        "ceremony --key k --hsm pkcs11:x --threshold 2 --shares 3 --components 2",
        "ceremony --key k --hsm pkcs11:x --components 3 --custodian A --custodian B",
        "ceremony --key k --hsm pkcs11:x --components-from-fd 0",
        "ceremony --key k --hsm pkcs11:x --expected-kcv 12345",
        "ceremony --key k --hsm pkcs11:x --expires 2020-01-01T00:00:00Z",
        "ceremony --key k --hsm pkcs11:x --sign-key-passphrase Ann={f}/token",
        "ceremony sign {f}/token",
        "ceremony --public-key {f}/key.pem --token {f}/token --out {f}/x --alias alias/a",
        "ceremony components --count 9",
        "ceremony shares --threshold 2 --shares 9",
        "ceremony verify {f}/none"
      })
  void ceremony_wrongOptions_areAUsageErrorInOneLine(String command) {
    StringWriter err = new StringWriter();
    int code =
        Strongroom.run(
            new PrintWriter(new StringWriter()),
            new PrintWriter(err, true),
            command.replace("{f}", folder.toString()).split(" "));
    assertThat(code).as("exit code: %s", err).isEqualTo(2);
    assertThat(err.toString().lines()).hasSize(1);
  }

  private static String[] offline() {
    return ("ceremony --public-key {f}/key.pem --token {f}/token --out {f}/material"
            + " --record-out {f}/record.json --custodian Ann --custodian Bob --json")
        .replace("{f}", folder.toString())
        .split(" ");
  }

  private static String[] fromDescriptor(String kcv) {
    List<String> all = new ArrayList<>(List.of(offline()));
    all.addAll(List.of("--components-from-fd", "0", "--expected-kcv", kcv));
    return all.toArray(String[]::new);
  }

  private String lines() {
    return String.join("\n", ann.hex(), ann.checkValue(), bob.hex(), bob.checkValue(), "");
  }

  /** What a command without a terminal did. */
  private record Done(int code, String output) {}

  private static Done piped(String input, String... arguments) throws Exception {
    return run(List.of(), input, arguments);
  }

  private static Done run(List<String> around, String input, String... arguments) throws Exception {
    List<String> command = new ArrayList<>(around);
    command.addAll(Pty.java());
    command.add("io.strongroom.cli.Strongroom");
    command.addAll(List.of(arguments));
    Process process = new ProcessBuilder(command).redirectErrorStream(true).start();
    try (var out = process.getOutputStream()) {
      out.write(input.getBytes(StandardCharsets.US_ASCII));
    } catch (java.io.IOException closedAlready) {
      // It did not want any input; what it says tells why.
    }
    String output = new String(process.getInputStream().readAllBytes(), StandardCharsets.UTF_8);
    return new Done(process.waitFor(), output);
  }
}
