package io.strongroom.provider;

import static org.assertj.core.api.Assertions.assertThat;

import io.strongroom.hsm.KeyId;
import io.strongroom.hsm.KeyInfo;
import io.strongroom.hsm.KeySpec;
import io.strongroom.hsm.KeyType;
import io.strongroom.hsm.TestAuthority;
import io.strongroom.softhsm.SoftHsmExtension;
import io.strongroom.softhsm.SoftHsmToken;
import java.io.StringWriter;
import java.nio.file.Files;
import java.nio.file.Path;
import java.security.KeyPair;
import java.security.KeyPairGenerator;
import java.security.KeyStore;
import java.security.cert.Certificate;
import java.util.ArrayList;
import java.util.List;
import java.util.Objects;
import org.bouncycastle.openssl.jcajce.JcaPEMWriter;
import org.junit.jupiter.api.AfterAll;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.TestInstance;
import org.junit.jupiter.api.extension.ExtendWith;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;

/** keytool and jarsigner on the key store, as processes; what README.md shows is tested with it. */
@ExtendWith(SoftHsmExtension.class)
@TestInstance(TestInstance.Lifecycle.PER_CLASS)
class KeytoolTest {

  private final SoftHsmToken token;
  private final ProviderFixture fixture;
  @TempDir private Path dir;

  KeytoolTest(SoftHsmToken token) {
    this.token = token;
    this.fixture = new ProviderFixture(token);
  }

  @AfterAll
  void close() {
    fixture.close();
  }

  private Command.Outcome keytool(String... arguments) throws Exception {
    return keytoolAt(token.url(), "pin-source", arguments);
  }

  private Command.Outcome keytoolAt(String url, String password, String... arguments)
      throws Exception {
    List<String> command = new ArrayList<>();
    command.add(Command.ofJdk("keytool"));
    command.add("-J--enable-native-access=ALL-UNNAMED");
    command.addAll(List.of(arguments));
    command.addAll(List.of("-keystore", "NONE", "-storetype", "HSM", "-storepass", password));
    command.addAll(List.of("-providerpath", Command.pathOf(HsmProvider.class)));
    command.addAll(List.of("-providerclass", HsmProvider.class.getName(), "-providerarg", url));
    return Command.run(dir, command);
  }

  private KeyPair pairWithChain(String alias) throws Exception {
    KeyPairGenerator generator = KeyPairGenerator.getInstance("EC", fixture.provider);
    generator.initialize(HsmKeySpec.token(alias).withBits(256));
    KeyPair pair = generator.generateKeyPair();
    fixture
        .keyStore()
        .setKeyEntry(
            alias,
            pair.getPrivate(),
            null,
            new Certificate[] {TestAuthority.selfSigned(alias, pair, fixture.provider)});
    return pair;
  }

  private String pem(Object certificate) throws Exception {
    StringWriter text = new StringWriter();
    try (JcaPEMWriter writer = new JcaPEMWriter(text)) {
      writer.writeObject(certificate);
    }
    Path file = Files.createTempFile(dir, "certificate", ".pem");
    Files.writeString(file, text.toString());
    return file.toString();
  }

  @ParameterizedTest
  @CsvSource({
    "RSA, -keysize, 2048",
    "EC, -groupname, secp521r1",
    "Ed25519, -providername, Strongroom"
  })
  void genkeypair_makesAPairInTheToken(String algorithm, String option, String value)
      throws Exception {
    String alias = fixture.label();
    Command.Outcome made =
        keytool(
            "-genkeypair",
            "-alias",
            alias,
            "-keyalg",
            algorithm,
            option,
            value,
            "-dname",
            "CN=" + algorithm,
            "-keypass",
            "pin-source",
            "-providername",
            "Strongroom");
    assertThat(made.exitCode()).as(made.output()).isZero();
    assertThat(made.output()).doesNotContain("WARNING").doesNotContain("Enter ");
    KeyStore store = fixture.keyStore();
    KeyStore.PrivateKeyEntry entry = (KeyStore.PrivateKeyEntry) store.getEntry(alias, null);
    entry.getCertificate().verify(entry.getCertificate().getPublicKey());
    assertThat(fixture.hsm.key(alias).session()).isFalse();
  }

  @Test
  void genkeypair_withoutTheProvidersName_isRefused() throws Exception {
    String alias = fixture.label();
    Command.Outcome refused =
        keytool(
            "-genkeypair",
            "-alias",
            alias,
            "-keyalg",
            "EC",
            "-dname",
            "CN=x",
            "-keypass",
            "pin-source");
    assertThat(refused.exitCode()).isEqualTo(1);
    assertThat(refused.output()).contains("-providername Strongroom");
    assertThat(fixture.keyStore().containsAlias(alias)).isFalse();
  }

  @Test
  void genkeypair_overAnAliasThatExists_isRefused() throws Exception {
    String alias = fixture.label();
    KeyPair pair = pairWithChain(alias);
    Command.Outcome refused =
        keytool(
            "-genkeypair",
            "-alias",
            alias,
            "-keyalg",
            "EC",
            "-dname",
            "CN=x",
            "-keypass",
            "pin-source",
            "-providername",
            "Strongroom");
    assertThat(refused.exitCode()).isEqualTo(1);
    assertThat(refused.output()).contains("already exists");
    assertThat(fixture.keyStore().getKey(alias, null)).isEqualTo(pair.getPrivate());
  }

  @Test
  void genseckey_ofAKindThatOnlyWeHave_isMadeInTheToken() throws Exception {
    String alias = fixture.label();
    Command.Outcome made =
        keytool(
            "-genseckey",
            "-alias",
            alias,
            "-keyalg",
            "GenericSecret",
            "-keysize",
            "256",
            "-keypass",
            "pin-source");
    assertThat(made.exitCode()).as(made.output()).isZero();
    assertThat(fixture.hsm.key(alias).session()).isFalse();
  }

  @Test
  void genseckey_thatTheJdkMakesInSoftware_isRefused() throws Exception {
    Command.Outcome refused =
        keytool(
            "-genseckey",
            "-alias",
            "software",
            "-keyalg",
            "AES",
            "-keysize",
            "256",
            "-keypass",
            "pin-source");
    assertThat(refused.exitCode()).isEqualTo(1);
    assertThat(refused.output()).contains("a key in software").contains("preferred");
  }

  @Test
  void importcert_ofAReplyForAnotherKey_isRefused() throws Exception {
    String alias = fixture.label();
    pairWithChain(alias);
    Certificate before = fixture.keyStore().getCertificate(alias);
    TestAuthority authority = TestAuthority.root("CA");
    String foreign = pem(authority.issue("other", Objects.requireNonNull(other().publicKey())));
    Command.Outcome refused =
        keytool("-importcert", "-noprompt", "-alias", alias, "-file", foreign);
    assertThat(refused.exitCode()).isEqualTo(1);
    assertThat(refused.output()).contains("don't match");
    assertThat(fixture.keyStore().getCertificate(alias)).isEqualTo(before);
  }

  private KeyInfo other() {
    return fixture.hsm.create(
        KeySpec.of(KeyId.random(fixture.random), fixture.label(), KeyType.EC_P256));
  }

  @Test
  void importcert_overATrustedCertificate_isRefused() throws Exception {
    String alias = fixture.label();
    Certificate first = TestAuthority.root("first").certificate();
    fixture.keyStore().setCertificateEntry(alias, first);
    Command.Outcome refused =
        keytool(
            "-importcert",
            "-noprompt",
            "-alias",
            alias,
            "-file",
            pem(TestAuthority.root("second").certificate()));
    assertThat(refused.exitCode()).isEqualTo(1);
    assertThat(refused.output()).contains("already exists");
    assertThat(fixture.keyStore().getCertificate(alias)).isEqualTo(first);
  }

  @ParameterizedTest
  @CsvSource({"-certreq", "-exportcert", "-delete", "-list"})
  void command_onAnAliasThatIsNotThere_saysSo(String command) throws Exception {
    Command.Outcome refused = keytool(command, "-alias", "nothing");
    assertThat(refused.exitCode()).isEqualTo(1);
    assertThat(refused.output()).contains("Alias <nothing> does not exist");
  }

  @Test
  void list_withAPin_isRefusedWithoutRepeatingIt() throws Exception {
    Command.Outcome refused = keytoolAt(token.url(), "not-a-real-pin", "-list");
    assertThat(refused.exitCode()).isEqualTo(1);
    assertThat(refused.output())
        .contains("the word \"pin-source\"")
        .doesNotContain("not-a-real-pin");
  }

  @ParameterizedTest
  @CsvSource(
      delimiter = '|',
      value = {
        "token=x | names no library",
        "nonsense=1 | configure_refused",
        "token=x?module-path=/absent.so | /absent.so"
      })
  void list_withAWrongUrl_saysWhatIsWrong(String url, String reason) throws Exception {
    Command.Outcome refused = keytoolAt("pkcs11:" + url, "pin-source", "-list");
    assertThat(refused.exitCode()).isEqualTo(1);
    assertThat(refused.output()).contains(reason);
  }

  @Test
  void jarsigner_withAnEd25519Key_signsAndVerifies() throws Exception {
    String alias = fixture.label();
    keytool(
        "-genkeypair",
        "-alias",
        alias,
        "-keyalg",
        "Ed25519",
        "-dname",
        "CN=signer",
        "-keypass",
        "pin-source",
        "-providername",
        "Strongroom");
    Files.writeString(dir.resolve("a.txt"), "a");
    String jar = dir.resolve("a.jar").toString();
    Command.run(dir, List.of(Command.ofJdk("jar"), "--create", "--file", jar, "a.txt"));
    Command.Outcome signed = jarsigner(jar, alias);
    assertThat(signed.exitCode()).as(signed.output()).isZero();
    assertThat(
            Command.run(dir, List.of(Command.ofJdk("jarsigner"), "-verify", "-verbose", jar))
                .output())
        .contains("jar verified.")
        .contains("Ed25519");
    Command.Outcome unknown = jarsigner(jar, "nothing");
    assertThat(unknown.exitCode()).isEqualTo(1);
    assertThat(unknown.output()).contains("Certificate chain not found for: nothing");
  }

  private Command.Outcome jarsigner(String jar, String alias) throws Exception {
    return Command.run(
        dir,
        List.of(
            Command.ofJdk("jarsigner"),
            "-J--enable-native-access=ALL-UNNAMED",
            "-keystore",
            "NONE",
            "-storetype",
            "HSM",
            "-storepass",
            "pin-source",
            "-providerPath",
            Command.pathOf(HsmProvider.class),
            "-providerClass",
            HsmProvider.class.getName(),
            "-providerArg",
            token.url(),
            jar,
            alias));
  }
}
