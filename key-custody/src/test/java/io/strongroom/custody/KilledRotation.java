package io.strongroom.custody;

import static io.strongroom.custody.TestCustody.id;
import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import io.strongroom.custody.CustodyException.Reason;
import io.strongroom.custody.RotationStep.State;
import io.strongroom.custody.audit.AuditVerdict;
import io.strongroom.custody.store.AliasRows;
import io.strongroom.custody.store.Database;
import io.strongroom.custody.store.IntentRow;
import io.strongroom.custody.store.IntentRows;
import io.strongroom.hsm.Hsm;
import io.strongroom.hsm.KeyInfo;
import io.strongroom.softhsm.SoftHsmExtension;
import io.strongroom.softhsm.SoftHsmToken;
import io.strongroom.softhsm.TokenProcess;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.util.List;
import java.util.Locale;
import java.util.Map;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.extension.ExtendWith;
import org.junit.jupiter.api.io.TempDir;

/** A process that rotates an alias is killed at each step; another one opens the store. */
@ExtendWith({SoftHsmExtension.class, StoreExtension.class})
abstract class KilledRotation {

  private static final byte[] NEW_MATERIAL = Materials.bytes(32, 21);

  @TempDir Path dir;
  private TestStore store;

  @BeforeEach
  void store(TestStore given) {
    store = given;
  }

  void assertAllOldOrAllNewAfterKill(RotationStep step, SoftHsmToken token) throws Exception {
    Prepared prepared = prepare(token);
    killAt(step.where, token, prepared);
    try (Hsm hsm = Hsm.open(token.url())) {
      assertState(step.found, hsm, prepared);
      try (Custody custody = open(hsm, prepared)) {
        assertState(step.repaired(), hsm, prepared);
        assertUsable(step.repaired(), custody.as("alice"), prepared);
        assertThat(custody.audit().verify()).isInstanceOf(AuditVerdict.Intact.class);
      }
      assertState(State.NEW, hsm, prepared);
    }
  }

  /** Looks at the store's tables and the token, with no one who could repair them between. */
  private static void assertState(State state, Hsm hsm, Prepared prepared) {
    try (Database database = Database.open(prepared.storeUrl)) {
      String pointsAt =
          database.read(handle -> AliasRows.find(handle, "alias/payments")).orElseThrow().cmkId();
      assertThat(pointsAt.equals(prepared.next) ? "new key" : "old key").isEqualTo(state.alias);
      assertThat(pointsAt).isIn(prepared.next, prepared.before);
      List<IntentRow> intents = database.read(IntentRows::all);
      assertThat(
              intents.isEmpty()
                  ? "none"
                  : intents.size()
                      + " "
                      + intents.getFirst().kind().name().toLowerCase(Locale.ROOT))
          .isEqualTo(state.intents);
    }
    List<String> labels = hsm.keys().stream().map(KeyInfo::label).toList();
    assertThat(labels)
        .filteredOn(label -> label.startsWith("cmk/" + prepared.next))
        .hasSize(state.token.contains("new key") ? 1 : 0);
    assertThat(labels)
        .filteredOn(label -> label.startsWith("custody/wrapping/"))
        .hasSize(state.reusable || state.token.contains("wrapping") ? 1 : 0);
  }

  /** Old ciphertext opens; what was undone can be done, and what was done is not undone. */
  private static void assertUsable(State state, KeyService keys, Prepared prepared) {
    assertThat(keys.decrypt(prepared.ciphertext, Map.of())).containsExactly(1, 2, 3);
    if (state.reusable) {
      assertThat(keys.describe(prepared.next).state()).isEqualTo(KeyState.PENDING_IMPORT);
      assertThat(keys.aliasHistory("alias/payments")).isEmpty();
      assertThat(keys.rotateAlias("alias/payments", prepared.material, false).to())
          .hasToString(prepared.next);
    } else {
      assertThatThrownBy(() -> keys.rotateAlias("alias/payments", prepared.material, false))
          .isInstanceOfSatisfying(
              CustodyException.class, e -> assertThat(e.reason()).isEqualTo(Reason.TOKEN_USED));
    }
    assertThat(keys.describe("alias/payments").kcv()).isEqualTo(Materials.kcv(NEW_MATERIAL));
    assertThat(keys.aliasHistory("alias/payments")).hasSize(1);
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
            where,
            TestCustody.START.toString(),
            tokenFile.toString(),
            wrappedFile.toString())) {
      process.awaitLine(RotatingMain.STOPPED::equals, Duration.ofSeconds(60));
    }
  }

  private static Custody open(Hsm hsm, Prepared prepared) {
    return Custody.open(hsm, prepared.storeUrl, new ManualClock(TestCustody.START));
  }
}
