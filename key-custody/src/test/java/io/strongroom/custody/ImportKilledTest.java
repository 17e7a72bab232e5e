package io.strongroom.custody;

import static io.strongroom.custody.TestCustody.id;
import static org.assertj.core.api.Assertions.assertThat;

import io.strongroom.custody.audit.AuditVerdict;
import io.strongroom.hsm.Hsm;
import io.strongroom.softhsm.SoftHsmExtension;
import io.strongroom.softhsm.SoftHsmToken;
import io.strongroom.softhsm.TokenProcess;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.time.Instant;
import java.util.stream.Stream;
import org.junit.jupiter.api.extension.ExtendWith;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;

/**
 * A process that imports, deletes or lets expire material is killed; another one opens the store.
 * {@link CrashTest} kills a rotation, which imports in the same way, at each of its steps.
 */
@ExtendWith(SoftHsmExtension.class)
class ImportKilledTest {

  private static final byte[] MATERIAL = Materials.bytes(32, 61);
  private static final Instant EXPIRY = TestCustody.START.plus(Duration.ofHours(1));

  @TempDir Path dir;

  @ParameterizedTest
  @CsvSource({
    "import, after:unwrap:1, PENDING_IMPORT, 0",
    "import, before:destroy:1, ENABLED, 1",
    "delete, before:destroy:1, PENDING_IMPORT, 0",
    "expire, before:destroy:1, PENDING_IMPORT, 0"
  })
  void material_processKilledMeanwhile_isAllThereOrGoneAfterTheNextOpening(
      String what, String where, KeyState state, int objects, SoftHsmToken token) throws Exception {
    String storeUrl = "sqlite:" + dir.resolve("custody.db");
    String key;
    MaterialImport material;
    try (Hsm hsm = Hsm.open(token.url());
        Custody custody = open(hsm, storeUrl, TestCustody.START)) {
      KeyService keys = custody.as("alice");
      key = id(keys.createKey(KeyRequest.external()));
      material = material(keys, key);
      if (!what.equals("import")) {
        keys.importKeyMaterial(key, material.expiring(EXPIRY));
      }
    }
    Instant now = what.equals("expire") ? EXPIRY : TestCustody.START;
    killAt(token, material, storeUrl, what, key, where, now.toString());
    try (Hsm hsm = Hsm.open(token.url());
        Custody custody = open(hsm, storeUrl, now)) {
      assertThat(hsm.keys()).filteredOn(k -> k.label().startsWith("cmk/" + key)).hasSize(objects);
      KeyService keys = custody.as("alice");
      assertThat(keys.describe(key).state()).isEqualTo(state);
      if (state == KeyState.PENDING_IMPORT) {
        MaterialImport again = what.equals("import") ? material : material(keys, key);
        assertThat(keys.importKeyMaterial(key, again).kcv()).isEqualTo(Materials.kcv(MATERIAL));
      }
      assertThat(custody.audit().verify()).isInstanceOf(AuditVerdict.Intact.class);
    }
    try (Hsm hsm = Hsm.open(token.url())) {
      assertThat(hsm.keys()).noneMatch(k -> k.label().startsWith("custody/wrapping/"));
    }
  }

  private static MaterialImport material(KeyService keys, String key) {
    ImportParameters parameters =
        keys.parametersForImport(key, WrappingAlgorithm.RSAES_OAEP_SHA_1, WrappingKeySpec.RSA_2048);
    return MaterialImport.of(
        parameters.token(),
        Materials.wrapped(parameters.algorithm(), parameters.publicKey(), MATERIAL));
  }

  private void killAt(SoftHsmToken token, MaterialImport material, String... what)
      throws Exception {
    Files.write(dir.resolve("token"), material.token());
    Files.write(dir.resolve("wrapped"), material.wrapped());
    String[] arguments =
        Stream.of(Stream.of(token.url()), Stream.of(what), Stream.of(dir.toString()))
            .flatMap(words -> words)
            .toArray(String[]::new);
    try (TokenProcess process = TokenProcess.start(token, ImportingMain.class, arguments)) {
      process.awaitLine(ImportingMain.STOPPED::equals, Duration.ofSeconds(60));
    }
  }

  private static Custody open(Hsm hsm, String storeUrl, Instant now) {
    return Custody.open(hsm, storeUrl, new ManualClock(now));
  }
}
