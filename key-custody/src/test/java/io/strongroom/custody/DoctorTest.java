package io.strongroom.custody;

import static io.strongroom.custody.TestCustody.id;
import static org.assertj.core.api.Assertions.assertThat;

import io.strongroom.custody.CustodyFinding.Kind;
import io.strongroom.hsm.HsmException;
import io.strongroom.hsm.KeyId;
import io.strongroom.hsm.KeySpec;
import io.strongroom.hsm.KeyType;
import io.strongroom.hsm.Protection;
import java.time.Duration;
import java.util.List;
import java.util.UUID;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;

/** Each kind of damage is done to a real token or a real store, found, and repaired or left. */
class DoctorTest extends TokenTest {

  private CmkDescription cmk;

  @BeforeEach
  void key() {
    cmk = keys.createKey(KeyRequest.generated().withAlias("alias/a"));
  }

  @Test
  void examine_nothingDamaged_isClean() {
    test.importInto(keys.createKey(KeyRequest.external()), Materials.bytes(32, 71));
    test.parameters(keys.createKey(KeyRequest.external()));
    CustodyReport report = keys.examineCustody();
    assertThat(findings(report)).isEmpty();
    assertThat(report.isClean()).isTrue();
    assertThat(report.nodes()).containsExactly(hsm.info().label());
    assertThat(report.cmkVersions()).isEqualTo(2);
    assertThat(report.hsmKeys()).isGreaterThanOrEqualTo(3);
  }

  @Test
  void examine_importUnderWay_isNoFinding() {
    CmkDescription external = keys.createKey(KeyRequest.external());
    ImportParameters parameters = test.parameters(external);
    MaterialImport material =
        MaterialImport.of(
            parameters.token(), OpenSsl.oaepSha1(parameters.publicKey(), Materials.bytes(32, 72)));
    Runnable look = () -> assertThat(findings(keys.examineCustody())).isEmpty();
    try (Custody other =
        Custody.open(HookedHsm.wrap(hsm, "after:unwrap:1", look), test.storeUrl(), test.clock)) {
      other.as("bob").importKeyMaterial(id(external), material);
    }
  }

  @Test
  void keyMissing_found_andLeftToPeople() {
    hsm.destroy(hsmKey());
    CustodyFinding finding = only(keys.examineCustody());
    assertThat(finding.kind()).isEqualTo(Kind.KEY_MISSING);
    assertThat(finding.keyId()).isEqualTo(id(cmk));
    assertThat(finding.text()).contains("no token holds it");
    assertThat(keys.repairCustody().isClean()).isFalse();
    assertThat(keys.describe(id(cmk)).state()).isEqualTo(KeyState.UNAVAILABLE);
  }

  @Test
  void anotherKeyUnderTheSameName_found() {
    KeyId id = hsmKey();
    hsm.destroy(id);
    hsm.create(KeySpec.of(id, "cmk/" + cmk.keyId() + "/v1", KeyType.AES_256));
    CustodyFinding finding = only(keys.examineCustody());
    assertThat(finding.kind()).isEqualTo(Kind.WRONG_CHECK_VALUE);
    assertThat(finding.text()).contains(String.valueOf(cmk.kcv()));
  }

  @Test
  void keyThatMayLeave_found() {
    KeyId id = hsmKey();
    hsm.destroy(id);
    hsm.create(
        KeySpec.of(id, "cmk/" + cmk.keyId() + "/v1", KeyType.AES_256)
            .withProtection(Protection.LEAVES_WRAPPED));
    assertThat(keys.examineCustody().findings())
        .extracting(CustodyFinding::kind)
        .contains(Kind.WRONG_ATTRIBUTES);
  }

  @Test
  void orphan_foundWhenTheLeaseIsOver_isDestroyedByRepair() {
    KeyId id = hsmKey();
    sql("DELETE FROM alias", "DELETE FROM cmk_version", "DELETE FROM cmk");
    assertThat(only(keys.examineCustody()).repair()).as("as long as it may be young").isNull();
    test.clock.advance(Intents.LEASE.plusSeconds(1));
    CustodyFinding finding = only(keys.examineCustody());
    assertThat(finding.kind()).isEqualTo(Kind.ORPHAN);
    assertThat(finding.hsmKeyId()).isEqualTo(id.toString());
    CustodyReport repaired = keys.repairCustody();
    assertThat(repaired.isClean()).isTrue();
    assertThat(only(repaired).repaired()).isTrue();
    assertThat(test.labels("cmk/")).isEmpty();
    assertThat(test.custody().audit().tail(2))
        .extracting(record -> record.operation())
        .containsExactlyInAnyOrder("repairCustody", "repairFinding");
    assertThat(findings(keys.examineCustody())).isEmpty();
  }

  @Test
  void keyOfAnotherStoreOnTheToken_isNamedAndNeverTouched() {
    String label = "cmk/" + UUID.randomUUID() + "/v1";
    KeyId id = KeyId.of(hsm.random(KeyId.BYTES));
    hsm.create(KeySpec.of(id, label, KeyType.AES_256));
    test.clock.advance(Duration.ofDays(1));
    assertThat(keys.repairCustody().isClean()).isTrue();
    assertThat(keys.examineCustody().findings())
        .filteredOn(finding -> finding.label().equals(label))
        .extracting(CustodyFinding::kind)
        .containsExactly(Kind.STRANGER);
    assertThat(hsm.key(id).label()).isEqualTo(label);
  }

  @Test
  void expiredWrappingKey_found_isWithdrawnByRepair() {
    test.parameters(keys.createKey(KeyRequest.external()));
    test.clock.advance(Duration.ofHours(25));
    assertThat(only(keys.examineCustody()).kind()).isEqualTo(Kind.WRAPPING_KEY_EXPIRED);
    assertThat(keys.repairCustody().isClean()).isTrue();
    assertThat(test.labels("custody/wrapping/")).isEmpty();
    assertThat(findings(keys.examineCustody())).isEmpty();
  }

  @Test
  void missingWrappingKey_found_isWithdrawnByRepair() {
    test.parameters(keys.createKey(KeyRequest.external()));
    hsm.destroy(hsm.key(test.labels("custody/wrapping/").getFirst()).id());
    assertThat(only(keys.examineCustody()).kind()).isEqualTo(Kind.WRAPPING_KEY_MISSING);
    assertThat(keys.repairCustody().isClean()).isTrue();
    assertThat(findings(keys.examineCustody())).isEmpty();
  }

  @Test
  void enabledWithoutMaterial_found_isPendingImportAfterRepair() {
    CmkDescription external = keys.createKey(KeyRequest.external());
    test.importInto(external, Materials.bytes(32, 73));
    keys.deleteMaterial(id(external));
    sql("UPDATE cmk SET state = 'ENABLED' WHERE id = '" + external.keyId() + "'");
    assertThat(only(keys.examineCustody()).kind()).isEqualTo(Kind.STATE_CONTRADICTS);
    assertThat(keys.repairCustody().isClean()).isTrue();
    assertThat(test.importInto(external, Materials.bytes(32, 73)).state())
        .isEqualTo(KeyState.ENABLED);
  }

  @Test
  void pendingImportWithMaterial_found_isDisabledAfterRepair() {
    sql("UPDATE cmk SET state = 'PENDING_IMPORT'");
    assertThat(only(keys.examineCustody()).kind()).isEqualTo(Kind.STATE_CONTRADICTS);
    assertThat(keys.repairCustody().isClean()).isTrue();
    assertThat(keys.describe(id(cmk)).state()).isEqualTo(KeyState.DISABLED);
  }

  @Test
  void aliasToNowhere_found() {
    sql("UPDATE alias SET cmk_id = '" + UUID.randomUUID() + "'");
    CustodyFinding finding = only(keys.examineCustody());
    assertThat(finding.kind()).isEqualTo(Kind.ALIAS_TO_NOWHERE);
    assertThat(finding.label()).isEqualTo("alias/a");
    assertThat(keys.repairCustody().isClean()).isFalse();
  }

  @Test
  void aliasToDyingKey_isOnlyWorthKnowing() {
    keys.scheduleDeletion(id(cmk), Duration.ofDays(7));
    CustodyReport report = keys.examineCustody();
    assertThat(only(report).kind()).isEqualTo(Kind.ALIAS_TO_DYING_KEY);
    assertThat(report.isClean()).isTrue();
  }

  @Test
  void intentOfADeadProcess_found_keyIsDestroyedByRepair() {
    KeyId id = hsmKey();
    sql(
        "DELETE FROM alias",
        "DELETE FROM cmk_version",
        "DELETE FROM cmk",
        "INSERT INTO hsm_intent (hsm_key_id, label, kind, owner, since_ms) VALUES ('"
            + id
            + "', 'cmk/x/v1', 'BIRTH', 'elsewhere/1/1', 0)");
    try (Custody asItIs = Custody.openAsItIs(hsm, test.storeUrl(), test.clock)) {
      assertThat(only(asItIs.as("doctor").examineCustody()).kind()).isEqualTo(Kind.INTENT_LEFT);
      assertThat(hsm.key(id).id()).as("opening has put nothing away").isEqualTo(id);
      assertThat(asItIs.as("doctor").repairCustody().isClean()).isTrue();
    }
    assertThat(test.labels("cmk/")).isEmpty();
  }

  @Test
  void silentToken_foundAndNothingSaidOfItsKeys() {
    Runnable away =
        () -> {
          throw new HsmException.DeviceUnavailable("the device went away, as arranged");
        };
    try (Custody other =
        Custody.open(HookedHsm.wrap(hsm, "before:at:1", away), test.storeUrl(), test.clock)) {
      assertThat(only(other.as("bob").examineCustody()).kind()).isEqualTo(Kind.NODE_SILENT);
    }
  }

  private KeyId hsmKey() {
    return hsm.key("cmk/" + cmk.keyId() + "/v1").id();
  }

  /** What was found of this test's own store; others have used the token. */
  private List<CustodyFinding> findings(CustodyReport report) {
    return report.findings().stream().filter(finding -> finding.kind() != Kind.STRANGER).toList();
  }

  private CustodyFinding only(CustodyReport report) {
    assertThat(findings(report)).hasSize(1);
    return findings(report).getFirst();
  }

  /** Changes the store behind custody's back. */
  private void sql(String... statements) {
    test.tamper(String.join(";", statements));
  }
}
