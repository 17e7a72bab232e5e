package io.strongroom.provider;

import static org.assertj.core.api.Assertions.assertThat;

import io.strongroom.application.DelegationUser;
import io.strongroom.application.JavaSecurityUser;
import io.strongroom.hsm.KeyId;
import io.strongroom.hsm.KeySpec;
import io.strongroom.hsm.KeyType;
import io.strongroom.softhsm.SoftHsmExtension;
import io.strongroom.softhsm.SoftHsmToken;
import java.nio.file.Files;
import java.nio.file.Path;
import java.security.Security;
import java.util.ArrayList;
import java.util.List;
import java.util.concurrent.TimeUnit;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.extension.ExtendWith;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;

/** The provider named in {@code java.security} or to keytool, in a JVM of its own. */
@ExtendWith(SoftHsmExtension.class)
class JavaSecurityTest {

  private static final int NEXT = Security.getProviders().length + 1;

  @TempDir private Path dir;

  @Test
  void provider_onTheClassPath_isConfiguredByJavaSecurity(SoftHsmToken token) throws Exception {
    assertThat(run(token.url(), List.of("-cp", System.getProperty("java.class.path"))))
        .contains("Strongroom provider=Strongroom ciphertext=21");
  }

  @Test
  void provider_onTheModulePath_isConfiguredByJavaSecurity(SoftHsmToken token) throws Exception {
    String classes = pathOf(HsmProvider.class);
    String tests = pathOf(JavaSecurityUser.class);
    assertThat(
            run(
                token.url(),
                List.of(
                    "--module-path",
                    classes,
                    "--add-modules",
                    "io.strongroom.provider",
                    "--enable-native-access=io.strongroom.provider",
                    "-cp",
                    tests)))
        .contains("Strongroom provider=Strongroom ciphertext=21");
  }

  @Test
  void provider_withAWrongUrl_isLeftOutWithAWarning() throws Exception {
    assertThat(run("pkcs11:nonsense=1", List.of("-cp", System.getProperty("java.class.path"))))
        .contains("configure_refused")
        .contains("no Strongroom");
  }

  @ParameterizedTest
  @CsvSource({
    "'java.base,java.logging', 'delegated=[]', 'jdk.crypto.cryptoki'",
    "'java.base,java.logging,jdk.crypto.cryptoki', 'KeyGenerator.DESede', 'delegated='"
  })
  void provider_inARuntimeOfFewModules_delegatesWhereItCan(
      String modules, String wanted, String alsoWanted, SoftHsmToken token) throws Exception {
    List<String> command =
        List.of(
            Path.of(System.getProperty("java.home"), "bin", "java").toString(),
            "--enable-native-access=io.strongroom.provider",
            "--limit-modules",
            modules,
            "--module-path",
            pathOf(HsmProvider.class),
            "--add-modules",
            "io.strongroom.provider",
            "-cp",
            pathOf(DelegationUser.class),
            DelegationUser.class.getName(),
            token.url());
    assertThat(start(command)).contains(wanted).contains(alsoWanted);
  }

  private static String pathOf(Class<?> type) throws Exception {
    return Path.of(type.getProtectionDomain().getCodeSource().getLocation().toURI()).toString();
  }

  @Test
  void keytool_onTheKeyStore_listsTheKeys(SoftHsmToken token) throws Exception {
    try (ProviderFixture fixture = new ProviderFixture(token)) {
      fixture.hsm.create(KeySpec.of(new KeyId(1, 1), "payments", KeyType.AES_256));
      fixture.hsm.create(KeySpec.of(new KeyId(1, 2), "invoices", KeyType.EC_P256));
    }
    List<String> command =
        List.of(
            Path.of(System.getProperty("java.home"), "bin", "keytool").toString(),
            "-J--enable-native-access=ALL-UNNAMED",
            "-list",
            "-storetype",
            "HSM",
            "-keystore",
            "NONE",
            "-protected",
            "-providerpath",
            pathOf(HsmProvider.class),
            "-providerclass",
            HsmProvider.class.getName(),
            "-providerarg",
            token.url());
    assertThat(start(command))
        .contains("Keystore provider: Strongroom")
        .containsPattern("payments, .*SecretKeyEntry")
        .containsPattern("invoices, .*PrivateKeyEntry");
  }

  private String run(String url, List<String> path) throws Exception {
    Path security = dir.resolve("java.security");
    Files.writeString(security, "security.provider." + NEXT + "=Strongroom " + url + "\n");
    List<String> command = new ArrayList<>();
    command.add(Path.of(System.getProperty("java.home"), "bin", "java").toString());
    command.add("--enable-native-access=ALL-UNNAMED");
    command.add("-Djava.security.properties=" + security);
    command.addAll(path);
    command.add(JavaSecurityUser.class.getName());
    return start(command);
  }

  private String start(List<String> command) throws Exception {
    Path output = dir.resolve("output.txt");
    ProcessBuilder builder =
        new ProcessBuilder(command).redirectErrorStream(true).redirectOutput(output.toFile());
    builder.environment().putAll(Command.QUICK_START);
    Process process = builder.start();
    try {
      assertThat(process.waitFor(5, TimeUnit.MINUTES)).isTrue();
    } finally {
      process.destroyForcibly();
    }
    return Files.readString(output);
  }
}
