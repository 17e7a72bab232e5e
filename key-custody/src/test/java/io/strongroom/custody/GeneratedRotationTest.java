package io.strongroom.custody;

import static io.strongroom.custody.TestCustody.id;
import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import io.strongroom.custody.CustodyException.Reason;
import io.strongroom.custody.audit.AuditRecord;
import io.strongroom.hsm.Hsm;
import java.time.Duration;
import java.util.Map;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;

/** An alias moves to a new key that the HSM makes for it. */
class GeneratedRotationTest extends TokenTest {

  private static final String ALIAS = "alias/payments";
  private static final KeyRequest FIRST =
      KeyRequest.generated()
          .withAlias(ALIAS)
          .withDescription("payments")
          .withTags(Map.of("team", "red", "stage", "live"));

  @Test
  void rotateAlias_toGenerated_newKeyHasWhatTheOldOneHadAndOldCiphertextOpens() {
    CmkDescription before = keys.createKey(FIRST);
    keys.enableRotation(ALIAS, Duration.ofDays(90));
    byte[] old = keys.encrypt(ALIAS, new byte[] {1, 2}, Map.of("a", "b")).encode();
    test.clock.advance(Duration.ofDays(1));

    AliasRotation rotation = keys.rotateAlias(ALIAS, RotationRequest.toGenerated());

    CmkDescription now = keys.describe(ALIAS);
    assertThat(rotation.from()).isEqualTo(before.keyId());
    assertThat(rotation.to()).isEqualTo(now.keyId()).isNotEqualTo(before.keyId());
    assertThat(rotation.kcv()).isEqualTo(now.kcv()).isNotEqualTo(before.kcv());
    assertThat(rotation.verified()).containsExactly(hsm.info().label());
    assertThat(now.origin()).isEqualTo(KeyOrigin.HSM);
    assertThat(now.state()).isEqualTo(KeyState.ENABLED);
    assertThat(now.description()).isEqualTo("payments");
    assertThat(now.tags()).isEqualTo(before.tags()).hasSize(2);
    assertThat(now.rotation())
        .isEqualTo(new RotationSchedule(90, TestCustody.START.plus(Duration.ofDays(91))));
    assertThat(keys.decrypt(old, Map.of("a", "b"))).containsExactly(1, 2);
    assertThat(keys.encrypt(ALIAS, new byte[1], Map.of()).keyId()).isEqualTo(now.keyId());
    assertThat(keys.describe(id(before)).state()).isEqualTo(KeyState.ENABLED);
  }

  @Test
  void rotateAlias_toGenerated_isInAuditAndHistoryAndUndone() {
    CmkDescription before = keys.createKey(FIRST);
    AliasRotation rotation =
        keys.rotateAlias(
            ALIAS, RotationRequest.toGenerated().withPreviousUsableFor(Duration.ofDays(30)));
    AuditRecord record = test.lastRecord();
    assertThat(record.operation()).isEqualTo("rotateAlias");
    assertThat(record.keyId()).isEqualTo(rotation.to().toString());
    assertThat(record.alias()).isEqualTo(ALIAS);
    assertThat(record.details())
        .containsEntry("from", id(before))
        .containsEntry("origin", "HSM")
        .containsEntry("spec", "AES_256")
        .containsEntry("kcv", rotation.kcv());
    assertThat(rotation.previousUsableUntil())
        .isEqualTo(TestCustody.START.plus(Duration.ofDays(30)));
    assertThat(keys.aliasHistory(ALIAS).getFirst().kind()).isEqualTo(AliasMove.Kind.ROTATE);

    assertThat(keys.rotateAlias(ALIAS, RotationRequest.undo()).to()).isEqualTo(before.keyId());
    assertThat(keys.describe(rotation.to().toString()).state()).isEqualTo(KeyState.ENABLED);
  }

  @ParameterizedTest
  @CsvSource({
    "HMAC_256, GENERATE_VERIFY_MAC",
    "RSA_2048, ENCRYPT_DECRYPT",
    "ECC_NIST_P384, SIGN_VERIFY"
  })
  void rotateAlias_keyThatGetsNoVersions_movesToOneOfItsKindAndBackByName(
      CmkSpec spec, KeyUse use) {
    CmkDescription before = keys.createKey(FIRST.withSpec(spec).withUse(use));
    keys.rotateAlias(ALIAS, RotationRequest.toGenerated());
    CmkDescription now = keys.describe(ALIAS);
    assertThat(now.keyId()).isNotEqualTo(before.keyId());
    assertThat(now.spec()).isEqualTo(spec);
    assertThat(now.use()).isEqualTo(use);
    assertThat(keys.rotateAliasTo(ALIAS, id(before), false).to()).isEqualTo(before.keyId());
  }

  @Test
  void rotateAliasTo_keyOfTheSameSpecForAnotherUse_isRefused() {
    KeyRequest rsa = KeyRequest.generated().withSpec(CmkSpec.RSA_2048);
    keys.createKey(rsa.withAlias(ALIAS).withUse(KeyUse.SIGN_VERIFY));
    CmkDescription encrypts = keys.createKey(rsa.withUse(KeyUse.ENCRYPT_DECRYPT));
    assertThatThrownBy(() -> keys.rotateAliasTo(ALIAS, id(encrypts), false))
        .isInstanceOfSatisfying(
            CustodyException.Refused.class,
            e -> assertThat(e.reason()).isEqualTo(Reason.KEY_USAGE));
    assertThatThrownBy(() -> keys.updateAlias(ALIAS, id(encrypts), null))
        .isInstanceOf(CustodyException.Refused.class)
        .hasMessageContaining("is for ENCRYPT_DECRYPT");
  }

  @Test
  void rotateAlias_toGeneratedAsADryRun_triesAKeyAndLeavesNothing() {
    CmkDescription before = keys.createKey(FIRST);
    AliasRotation rotation =
        keys.rotateAlias(ALIAS, RotationRequest.toGenerated().withDryRun(true));
    assertThat(rotation.dryRun()).isTrue();
    assertThat(rotation.verified()).containsExactly(hsm.info().label());
    assertThat(test.lastRecord().details()).containsEntry("dryRun", "true");
    assertNothingNew(before);
    assertThat(keys.listKeys()).hasSize(1);
  }

  @Test
  void rotateAlias_externalKeyToGenerated_isRefusedWithTheWay() {
    CmkDescription before = keys.createKey(KeyRequest.external().withAlias(ALIAS));
    assertThatThrownBy(() -> keys.rotateAlias(ALIAS, RotationRequest.toGenerated()))
        .isInstanceOfSatisfying(
            CustodyException.Refused.class,
            e -> assertThat(e.reason()).isEqualTo(Reason.KEY_ORIGIN))
        .hasMessageContaining("create another external key");
    assertThat(keys.listKeys()).extracting(CmkDescription::keyId).containsExactly(before.keyId());
  }

  @Test
  void rotateAlias_unknownAliasToGenerated_isNotFound() {
    assertThatThrownBy(() -> keys.rotateAlias("alias/none", RotationRequest.toGenerated()))
        .isInstanceOf(CustodyException.NotFound.class);
    assertThat(test.labels("cmk/")).isEmpty();
  }

  @Test
  void rotateAlias_movedByAnotherWhileTheKeyIsMade_isRefusedAndLeavesNothing() {
    keys.createKey(FIRST);
    CmkDescription other = keys.createKey(KeyRequest.generated());
    Hsm hooked =
        HookedHsm.wrap(hsm, "after:create:1", () -> keys.updateAlias(ALIAS, id(other), null));
    try (Custody custody = Custody.open(hooked, test.storeUrl(), test.clock)) {
      assertThatThrownBy(() -> custody.as("bob").rotateAlias(ALIAS, RotationRequest.toGenerated()))
          .isInstanceOfSatisfying(
              CustodyException.Refused.class,
              e -> assertThat(e.reason()).isEqualTo(Reason.ALIAS_MOVED));
    }
    assertThat(keys.describe(ALIAS).keyId()).isEqualTo(other.keyId());
    assertThat(test.labels("cmk/")).hasSize(2);
    assertThat(keys.listKeys()).hasSize(2);
  }

  private void assertNothingNew(CmkDescription before) {
    assertThat(keys.describe(ALIAS).keyId()).isEqualTo(before.keyId());
    assertThat(keys.aliasHistory(ALIAS)).isEmpty();
    assertThat(test.labels("cmk/")).isEqualTo(test.labelsOf(before));
  }
}
