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
import java.util.Map;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.extension.ExtendWith;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

/** A process that rotates an alias is killed at each step; another one opens the store. */
@ExtendWith({SoftHsmExtension.class, StoreExtension.class})
class CrashTest {

  private static final byte[] NEW_MATERIAL = Materials.bytes(32, 21);

  @TempDir Path dir;
  private TestStore store;

  @BeforeEach
  void store(TestStore given) {
    store = given;
  }

  @ParameterizedTest
  @ValueSource(
      strings = {
        "before:unwrap:1",
        "after:unwrap:1",
        "after:checkValue:1",
        "before:encrypt:2",
        "after:decrypt:1"
      })
  void rotateAlias_killedBeforeTheTransaction_isUndoneByTheNextOpening(
      String where, SoftHsmToken token) throws Exception {
    Prepared prepared = prepare(token);
    killAt(where, token, prepared);
    try (Hsm hsm = Hsm.open(token.url());
        Custody custody = open(hsm, prepared)) {
      KeyService keys = custody.as("alice");
      assertThat(hsm.keys()).noneMatch(key -> key.label().startsWith("cmk/" + prepared.next));
      assertThat(keys.describe("alias/payments").keyId()).hasToString(prepared.before);
      assertThat(keys.describe(prepared.next).state()).isEqualTo(KeyState.PENDING_IMPORT);
      assertThat(keys.decrypt(prepared.ciphertext, Map.of())).containsExactly(1, 2, 3);
      assertThat(keys.rotateAlias("alias/payments", prepared.material, false).to())
          .hasToString(prepared.next);
      assertThat(custody.audit().verify()).isInstanceOf(AuditVerdict.Intact.class);
    }
  }

  @Test
  void rotateAlias_killedAfterTheTransaction_isDoneAndTidiedByTheNextOpening(SoftHsmToken token)
      throws Exception {
    Prepared prepared = prepare(token);
    killAt("before:destroy:1", token, prepared);
    try (Hsm hsm = Hsm.open(token.url())) {
      assertThat(hsm.keys()).anyMatch(key -> key.label().startsWith("custody/wrapping/"));
      try (Custody custody = open(hsm, prepared)) {
        KeyService keys = custody.as("alice");
        assertThat(hsm.keys()).noneMatch(key -> key.label().startsWith("custody/wrapping/"));
        assertThat(keys.describe("alias/payments").keyId()).hasToString(prepared.next);
        assertThat(keys.describe(prepared.next).kcv()).isEqualTo(Materials.kcv(NEW_MATERIAL));
        assertThat(keys.decrypt(prepared.ciphertext, Map.of())).containsExactly(1, 2, 3);
      }
    }
  }

  private record Prepared(
      String storeUrl, String before, String next, byte[] ciphertext, MaterialImport material) {}

  private Prepared prepare(SoftHsmToken token) throws Exception {
    String storeUrl = store.fresh(dir);
    try (Hsm hsm = Hsm.open(token.url());
        Custody custody = Custody.open(hsm, storeUrl, new ManualClock(TestCustody.START))) {
      KeyService keys = custody.as("alice");
      CmkDescription before = keys.createKey(KeyRequest.generated().withAlias("alias/payments"));
      byte[] ciphertext = keys.encrypt(id(before), new byte[] {1, 2, 3}, Map.of()).encode();
      CmkDescription next = keys.createKey(KeyRequest.external());
      ImportParameters parameters =
          keys.parametersForImport(
              id(next), WrappingAlgorithm.RSAES_OAEP_SHA_1, WrappingKeySpec.RSA_2048);
      byte[] wrapped = OpenSsl.oaepSha1(parameters.publicKey(), NEW_MATERIAL);
      return new Prepared(
          storeUrl,
          id(before),
          id(next),
          ciphertext,
          MaterialImport.of(parameters.token(), wrapped));
    }
  }

  private void killAt(String where, SoftHsmToken token, Prepared prepared) throws Exception {
    Path tokenFile = Files.write(dir.resolve("token"), prepared.material.token());
    Path wrappedFile = Files.write(dir.resolve("wrapped"), prepared.material.wrapped());
    try (TokenProcess process =
        TokenProcess.start(
            token,
            RotatingMain.class,
            token.url(),
            prepared.storeUrl,
            tokenFile.toString(),
            wrappedFile.toString(),
            where,
            TestCustody.START.toString())) {
      process.awaitLine(RotatingMain.STOPPED::equals, Duration.ofSeconds(60));
    }
  }

  private static Custody open(Hsm hsm, Prepared prepared) {
    return Custody.open(hsm, prepared.storeUrl, new ManualClock(TestCustody.START));
  }
}
