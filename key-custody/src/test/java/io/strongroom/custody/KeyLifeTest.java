package io.strongroom.custody;

import static io.strongroom.custody.TestCustody.id;
import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import io.strongroom.custody.CustodyException.Reason;
import java.time.Duration;
import java.util.HexFormat;
import java.util.Map;
import java.util.UUID;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import org.junit.jupiter.params.provider.ValueSource;

class KeyLifeTest extends TokenTest {

  @Test
  void createKey_generated_isEnabledAndInTheTokenUnderItsLabel() {
    CmkDescription cmk =
        keys.createKey(
            KeyRequest.generated().withAlias("alias/payments").withDescription("for payments"));
    assertThat(cmk.state()).isEqualTo(KeyState.ENABLED);
    assertThat(cmk.aliases()).containsExactly("alias/payments");
    assertThat(cmk.description()).isEqualTo("for payments");
    assertThat(cmk.use()).isEqualTo(KeyUse.ENCRYPT_DECRYPT);
    assertThat(cmk.version()).isEqualTo(1);
    assertThat(cmk.created()).isEqualTo(TestCustody.START);
    assertThat(cmk.nodes()).containsExactly("test");
    var inToken = hsm.key("cmk/" + cmk.keyId() + "/v1");
    assertThat(cmk.kcv()).isEqualTo(HexFormat.of().formatHex(hsm.checkValue(inToken.id())));
    assertThat(keys.describe("alias/payments")).isEqualTo(cmk);
  }

  @Test
  void createKey_aliasThatExists_isRefusedAndLeavesNothing() {
    keys.createKey(KeyRequest.generated().withAlias("alias/a"));
    int before = test.labels("cmk/").size();
    assertThatThrownBy(() -> keys.createKey(KeyRequest.generated().withAlias("alias/a")))
        .isInstanceOfSatisfying(
            CustodyException.Refused.class,
            e -> assertThat(e.reason()).isEqualTo(Reason.ALIAS_EXISTS));
    assertThat(test.labels("cmk/")).hasSize(before);
    assertThat(keys.listKeys()).hasSize(1);
  }

  @Test
  void createKey_externalOfASpecThatCannotBeImported_isRefused() {
    KeyRequest request = KeyRequest.external().withSpec(CmkSpec.ECC_NIST_EDWARDS25519);
    assertThatThrownBy(() -> keys.createKey(request))
        .isInstanceOf(CustodyException.Refused.class)
        .hasMessageContaining("import AES_256");
  }

  @ParameterizedTest
  @ValueSource(strings = {"payments", "alias/", "alias/a b", "alias/\u00e4", "ALIAS/a"})
  void createKey_malformedAlias_isBadInput(String alias) {
    assertThatThrownBy(() -> keys.createKey(KeyRequest.generated().withAlias(alias)))
        .isInstanceOfSatisfying(
            CustodyException.BadInput.class,
            e -> assertThat(e.reason()).isEqualTo(Reason.MALFORMED));
  }

  @Test
  void createKey_descriptionTooLong_isBadInput() {
    assertThatThrownBy(
            () -> keys.createKey(KeyRequest.generated().withDescription("x".repeat(8193))))
        .isInstanceOf(CustodyException.BadInput.class)
        .hasMessageContaining("8192");
  }

  @ParameterizedTest
  @CsvSource({"x,MALFORMED", "1-1-1-1-1,MALFORMED", "alias/a b,MALFORMED"})
  void describe_malformedName_isBadInput(String name, Reason reason) {
    assertThatThrownBy(() -> keys.describe(name))
        .isInstanceOfSatisfying(
            CustodyException.BadInput.class, e -> assertThat(e.reason()).isEqualTo(reason));
  }

  @Test
  void describe_unknownKeyOrAlias_isNotFound() {
    assertThatThrownBy(() -> keys.describe(UUID.randomUUID().toString()))
        .isInstanceOfSatisfying(
            CustodyException.NotFound.class,
            e -> assertThat(e.reason()).isEqualTo(Reason.NO_SUCH_KEY));
    assertThatThrownBy(() -> keys.describe("alias/none"))
        .isInstanceOfSatisfying(
            CustodyException.NotFound.class,
            e -> assertThat(e.reason()).isEqualTo(Reason.NO_SUCH_ALIAS));
  }

  @Test
  void describe_keyThatTheTokenLost_isUnavailable() {
    CmkDescription cmk = keys.createKey(KeyRequest.generated());
    hsm.destroy(hsm.key("cmk/" + cmk.keyId() + "/v1").id());
    assertThat(keys.describe(id(cmk)).state()).isEqualTo(KeyState.UNAVAILABLE);
    assertThat(keys.describe(id(cmk)).nodes()).isEmpty();
    assertThatThrownBy(() -> keys.encrypt(id(cmk), new byte[1], Map.of()))
        .isInstanceOfSatisfying(
            CustodyException.Unavailable.class,
            e -> assertThat(e.reason()).isEqualTo(Reason.KEY_MISSING));
  }

  @Test
  void disable_enabledKey_stopsItsUseUntilEnabled() {
    CmkDescription cmk = keys.createKey(KeyRequest.generated());
    byte[] ciphertext = keys.encrypt(id(cmk), new byte[] {7}, Map.of()).encode();
    assertThat(keys.disable(id(cmk)).state()).isEqualTo(KeyState.DISABLED);
    assertThatThrownBy(() -> keys.encrypt(id(cmk), new byte[1], Map.of()))
        .isInstanceOf(CustodyException.Refused.class)
        .hasMessageContaining("Disabled");
    assertThatThrownBy(() -> keys.decrypt(ciphertext, Map.of()))
        .isInstanceOf(CustodyException.Refused.class);
    assertThat(keys.enable(id(cmk)).state()).isEqualTo(KeyState.ENABLED);
    assertThat(keys.decrypt(ciphertext, Map.of())).containsExactly(7);
  }

  @Test
  void enable_keyWithoutMaterial_isRefused() {
    CmkDescription cmk = keys.createKey(KeyRequest.external());
    assertThatThrownBy(() -> keys.enable(id(cmk)))
        .isInstanceOfSatisfying(
            CustodyException.Refused.class, e -> assertThat(e.reason()).isEqualTo(Reason.KEY_STATE))
        .hasMessageContaining("PendingImport");
  }

  @Test
  void scheduleDeletion_cancelledInTime_leavesTheKeyDisabled() {
    CmkDescription cmk = keys.createKey(KeyRequest.generated());
    CmkDescription pending = keys.scheduleDeletion(id(cmk), Duration.ofDays(7));
    assertThat(pending.state()).isEqualTo(KeyState.PENDING_DELETION);
    assertThat(pending.deletion()).isEqualTo(TestCustody.START.plus(Duration.ofDays(7)));
    CmkDescription cancelled = keys.cancelDeletion(id(cmk));
    assertThat(cancelled.state()).isEqualTo(KeyState.DISABLED);
    assertThat(cancelled.deletion()).isNull();
  }

  @Test
  void cancelDeletion_keyWithoutMaterial_isPendingImportAgain() {
    CmkDescription cmk = keys.createKey(KeyRequest.external());
    keys.scheduleDeletion(id(cmk), Duration.ofDays(7));
    assertThat(keys.cancelDeletion(id(cmk)).state()).isEqualTo(KeyState.PENDING_IMPORT);
  }

  @Test
  void scheduleDeletion_whenDue_destroysTheKeyAtTheNextOpening() {
    CmkDescription cmk = keys.createKey(KeyRequest.generated().withAlias("alias/gone"));
    keys.scheduleDeletion(id(cmk), Duration.ofDays(7));
    test.clock.advance(Duration.ofDays(7));
    test.reopen();
    assertThat(test.labelsOf(cmk)).isEmpty();
    assertThat(test.lastRecord().operation()).isEqualTo("destroyKey");
    assertThatThrownBy(() -> test.keys().describe(id(cmk)))
        .isInstanceOfSatisfying(
            CustodyException.NotFound.class,
            e -> assertThat(e.reason()).isEqualTo(Reason.KEY_DESTROYED))
        .hasMessageContaining("destroyed on " + test.clock.instant());
    assertThat(test.keys().listAliases()).isEmpty();
  }

  @ParameterizedTest
  @ValueSource(ints = {0, 6, 31})
  void scheduleDeletion_delayOutOfRange_isBadInput(int days) {
    CmkDescription cmk = keys.createKey(KeyRequest.external());
    assertThatThrownBy(() -> keys.scheduleDeletion(id(cmk), Duration.ofDays(days)))
        .isInstanceOf(CustodyException.BadInput.class)
        .hasMessageContaining("7 to 30 days");
  }

  @Test
  void deleteMaterial_generatedKey_isRefused() {
    CmkDescription cmk = keys.createKey(KeyRequest.generated());
    assertThatThrownBy(() -> keys.deleteMaterial(id(cmk)))
        .isInstanceOfSatisfying(
            CustodyException.Refused.class,
            e -> assertThat(e.reason()).isEqualTo(Reason.KEY_ORIGIN));
  }

  @Test
  void listKeys_several_areSortedByAge() {
    CmkDescription first = keys.createKey(KeyRequest.external());
    test.clock.advance(Duration.ofSeconds(1));
    CmkDescription second = keys.createKey(KeyRequest.generated());
    assertThat(keys.listKeys()).containsExactly(first, second);
  }

  @ParameterizedTest
  @ValueSource(strings = {"", " ", "a\nb"})
  void as_malformedPrincipal_isBadInput(String principal) {
    assertThatThrownBy(() -> test.custody().as(principal))
        .isInstanceOf(CustodyException.BadInput.class);
  }
}
