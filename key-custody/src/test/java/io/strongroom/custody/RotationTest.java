package io.strongroom.custody;

import static io.strongroom.custody.TestCustody.id;
import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import io.strongroom.custody.CustodyException.Reason;
import io.strongroom.custody.audit.AuditRecord;
import java.util.List;
import java.util.Map;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;

class RotationTest extends TokenTest {

  private static final String ALIAS = "alias/payments";
  private static final byte[] OLD_MATERIAL = Materials.bytes(32, 11);
  private static final byte[] NEW_MATERIAL = Materials.bytes(32, 12);

  private CmkDescription before;
  private CmkDescription next;
  private MaterialImport material;
  private byte[] oldCiphertext;

  @BeforeEach
  void aliasOnImportedKeyAndMaterialForTheNext() {
    before = test.importInto(keys.createKey(KeyRequest.external().withAlias(ALIAS)), OLD_MATERIAL);
    oldCiphertext = keys.encrypt(ALIAS, new byte[] {1, 2, 3}, Map.of("a", "b")).encode();
    next = keys.createKey(KeyRequest.external());
    ImportParameters parameters = test.parameters(next);
    material =
        MaterialImport.of(
            parameters.token(), OpenSsl.oaepSha1(parameters.publicKey(), NEW_MATERIAL));
  }

  @Test
  void rotateAlias_newMaterial_oldCiphertextReadableNewNamesTheNewKey() {
    AliasRotation rotation =
        keys.rotateAlias(ALIAS, material.expecting(Materials.kcv(NEW_MATERIAL)), false);
    assertThat(rotation)
        .isEqualTo(
            new AliasRotation(
                ALIAS,
                before.keyId(),
                next.keyId(),
                Materials.kcv(NEW_MATERIAL),
                List.of(hsm.info().label()),
                null,
                false));
    Ciphertext fresh = keys.encrypt(ALIAS, new byte[] {4}, Map.of());
    assertThat(fresh.keyId()).isEqualTo(next.keyId());
    assertThat(keys.decrypt(fresh.encode(), Map.of())).containsExactly(4);
    assertThat(keys.decrypt(oldCiphertext, Map.of("a", "b"))).containsExactly(1, 2, 3);
    assertThat(keys.describe(ALIAS).keyId()).isEqualTo(next.keyId());
    test.awaitNoWrappingKeys();
  }

  @Test
  void rotateAlias_dryRun_checksEverythingAndChangesNothing() {
    AliasRotation rotation = keys.rotateAlias(ALIAS, material, true);
    assertThat(rotation.dryRun()).isTrue();
    assertThat(rotation.kcv()).isEqualTo(Materials.kcv(NEW_MATERIAL));
    AuditRecord record = test.lastRecord();
    assertThat(record.result()).isEqualTo("ok");
    assertThat(record.details()).containsEntry("dryRun", "true");
    assertUnchanged();
    assertThat(keys.rotateAlias(ALIAS, material, false).dryRun()).isFalse();
  }

  @Test
  void rotateAlias_dryRunWithWrongCheckValue_isRefused() {
    assertThatThrownBy(() -> keys.rotateAlias(ALIAS, material.expecting("000000"), true))
        .isInstanceOfSatisfying(
            CustodyException.BadInput.class,
            e -> assertThat(e.reason()).isEqualTo(Reason.CHECK_VALUE));
    assertUnchanged();
  }

  @Test
  void rotateAlias_wrongCheckValue_isRefusedAndChangesNothing() {
    assertThatThrownBy(() -> keys.rotateAlias(ALIAS, material.expecting("000000"), false))
        .isInstanceOfSatisfying(
            CustodyException.BadInput.class,
            e -> assertThat(e.reason()).isEqualTo(Reason.CHECK_VALUE));
    assertUnchanged();
  }

  @Test
  void rotateAlias_tokenOfTheAliasesOwnKey_isRefusedWithTheReason() {
    CmkDescription pending = keys.createKey(KeyRequest.external().withAlias("alias/pending"));
    ImportParameters parameters = test.parameters(pending);
    byte[] wrapped = OpenSsl.oaepSha1(parameters.publicKey(), NEW_MATERIAL);
    assertThatThrownBy(() ->
            keys.rotateAlias(
                "alias/pending", MaterialImport.of(parameters.token(), wrapped), false))
        .isInstanceOfSatisfying(
            CustodyException.Refused.class,
            e -> assertThat(e.reason()).isEqualTo(Reason.ALIAS_MOVED))
        .hasMessageContaining("create another external key");
  }

  @Test
  void rotateAlias_again_isRefusedAsTokenUsed() {
    keys.rotateAlias(ALIAS, material, false);
    assertThatThrownBy(() -> keys.rotateAlias(ALIAS, material, false))
        .isInstanceOfSatisfying(
            CustodyException.BadInput.class,
            e -> assertThat(e.reason()).isEqualTo(Reason.TOKEN_USED));
  }

  @Test
  void rotateAlias_unknownAlias_isNotFound() {
    assertThatThrownBy(() -> keys.rotateAlias("alias/none", material, false))
        .isInstanceOf(CustodyException.NotFound.class);
  }

  @Test
  void rotateAliasTo_preparedKey_moves() {
    test.importInto(keys.createKey(KeyRequest.external()), Materials.bytes(32, 13));
    CmkDescription prepared = keys.createKey(KeyRequest.generated());
    assertThat(keys.rotateAliasTo(ALIAS, id(prepared), true).dryRun()).isTrue();
    assertThat(keys.describe(ALIAS).keyId()).isEqualTo(before.keyId());
    AliasRotation rotation = keys.rotateAliasTo(ALIAS, id(prepared), false);
    assertThat(rotation.kcv()).isEqualTo(prepared.kcv());
    assertThat(keys.describe(ALIAS).keyId()).isEqualTo(prepared.keyId());
    assertThat(keys.decrypt(oldCiphertext, Map.of("a", "b"))).containsExactly(1, 2, 3);
  }

  @Test
  void rotateAliasTo_keyWithoutMaterial_isRefused() {
    assertThatThrownBy(() -> keys.rotateAliasTo(ALIAS, id(next), false))
        .isInstanceOfSatisfying(
            CustodyException.Refused.class,
            e -> assertThat(e.reason()).isEqualTo(Reason.KEY_STATE));
  }

  private void assertUnchanged() {
    assertThat(test.labelsOf(next)).isEmpty();
    assertThat(test.custody().as("auditor").describe(ALIAS).keyId()).isEqualTo(before.keyId());
    assertThat(keys.describe(id(next)).state()).isEqualTo(KeyState.PENDING_IMPORT);
  }
}
