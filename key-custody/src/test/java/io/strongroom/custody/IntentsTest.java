package io.strongroom.custody;

import static io.strongroom.custody.TestCustody.id;
import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import io.strongroom.custody.CustodyException.Reason;
import io.strongroom.hsm.Hsm;
import io.strongroom.hsm.HsmException;
import java.time.Duration;
import java.util.concurrent.atomic.AtomicReference;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

/** Two instances on one store meet while one of them has a key half made. */
class IntentsTest extends TokenTest {

  private static final byte[] MATERIAL = Materials.bytes(32, 31);

  private CmkDescription cmk;
  private MaterialImport material;

  @BeforeEach
  void keyThatWaitsForMaterial() {
    cmk = keys.createKey(KeyRequest.external());
    ImportParameters parameters = test.parameters(cmk);
    material =
        MaterialImport.of(parameters.token(), OpenSsl.oaepSha1(parameters.publicKey(), MATERIAL));
  }

  @Test
  void import_anotherInstanceOpensMeanwhile_isLeftAlone() {
    Runnable meanwhile = () -> test.open().close();
    assertThat(importWith("after:unwrap:1", meanwhile).state()).isEqualTo(KeyState.ENABLED);
    assertThat(test.labelsOf(cmk)).hasSize(1);
  }

  @Test
  void import_anotherInstanceImportsTheSameMeanwhile_refusesThatOne() {
    AtomicReference<RuntimeException> refusal = new AtomicReference<>();
    Runnable meanwhile =
        () -> {
          try {
            keys.importKeyMaterial(id(cmk), material);
          } catch (CustodyException e) {
            refusal.set(e);
          }
        };
    assertThat(importWith("after:unwrap:1", meanwhile).state()).isEqualTo(KeyState.ENABLED);
    assertThat(refusal.get())
        .isInstanceOfSatisfying(
            CustodyException.Refused.class,
            e -> assertThat(e.reason()).isEqualTo(Reason.UNDER_WAY));
    assertThat(test.labelsOf(cmk)).hasSize(1);
  }

  @Test
  void import_soSlowThatItsIntentRanOut_isUndone() {
    Runnable meanwhile =
        () -> {
          test.clock.advance(Duration.ofMinutes(11));
          test.open().close();
        };
    assertThatThrownBy(() -> importWith("after:checkValue:1", meanwhile))
        .isInstanceOf(CustodyException.class);
    assertThat(test.labelsOf(cmk)).isEmpty();
    assertThat(keys.describe(id(cmk)).state()).isEqualTo(KeyState.PENDING_IMPORT);
    assertThat(keys.importKeyMaterial(id(cmk), material).state()).isEqualTo(KeyState.ENABLED);
  }

  @ParameterizedTest
  @ValueSource(strings = {"before:unwrap:1", "before:checkValue:1"})
  void import_intentRanOutBeforeTheKeyWasMade_leavesNoKeyInTheToken(String where) {
    Runnable meanwhile =
        () -> {
          test.clock.advance(Duration.ofMinutes(11));
          test.open().close();
        };
    assertThatThrownBy(() -> importWith(where, meanwhile)).isInstanceOf(CustodyException.class);
    assertThat(test.labelsOf(cmk)).isEmpty();
    assertThat(keys.examineCustody().findings()).isEmpty();
    assertThat(keys.importKeyMaterial(id(cmk), material).state()).isEqualTo(KeyState.ENABLED);
  }

  @Test
  void import_keyScheduledForDeletionMeanwhile_isRefusedAndLeavesNothing() {
    Runnable meanwhile = () -> keys.scheduleDeletion(id(cmk), Duration.ofDays(7));
    assertThatThrownBy(() -> importWith("after:unwrap:1", meanwhile))
        .isInstanceOfSatisfying(
            CustodyException.Refused.class,
            e -> assertThat(e.reason()).isEqualTo(Reason.KEY_STATE));
    assertThat(test.labelsOf(cmk)).isEmpty();
  }

  @Test
  void import_deviceFailsAndCannotDestroy_isTidiedByTheNextOpening() {
    Runnable failure =
        () -> {
          throw new HsmException.DeviceUnavailable("the device went away, as arranged");
        };
    Hsm failing =
        HookedHsm.wrap(
            HookedHsm.wrap(hsm, "before:checkValue:1", failure), "before:destroy:1", failure);
    try (Custody custody = Custody.open(failing, test.storeUrl(), test.clock)) {
      assertThatThrownBy(() -> custody.as("bob").importKeyMaterial(id(cmk), material))
          .isInstanceOfSatisfying(
              CustodyException.Unavailable.class,
              e -> assertThat(e.reason()).isEqualTo(Reason.DEVICE));
      assertThat(test.labelsOf(cmk)).hasSize(1);
    }
    test.reopen();
    assertThat(test.labelsOf(cmk)).isEmpty();
    assertThat(test.keys().importKeyMaterial(id(cmk), material).kcv())
        .isEqualTo(Materials.kcv(MATERIAL));
  }

  @Test
  void rotate_aliasMovedByAnotherMeanwhile_isUndone() {
    CmkDescription first = keys.createKey(KeyRequest.generated().withAlias("alias/a"));
    CmkDescription second = keys.createKey(KeyRequest.generated());
    Runnable meanwhile = () -> keys.updateAlias("alias/a", id(second), id(first));
    Hsm hooked = HookedHsm.wrap(hsm, "after:unwrap:1", meanwhile);
    try (Custody custody = Custody.open(hooked, test.storeUrl(), test.clock)) {
      assertThatThrownBy(() -> custody.as("bob").rotateAlias("alias/a", material, false))
          .isInstanceOfSatisfying(
              CustodyException.Refused.class,
              e -> assertThat(e.reason()).isEqualTo(Reason.ALIAS_MOVED));
    }
    assertThat(keys.describe("alias/a").keyId()).isEqualTo(second.keyId());
    assertThat(keys.describe(id(cmk)).state()).isEqualTo(KeyState.PENDING_IMPORT);
    assertThat(test.labelsOf(cmk)).isEmpty();
  }

  private CmkDescription importWith(String where, Runnable meanwhile) {
    Hsm hooked = HookedHsm.wrap(hsm, where, meanwhile);
    try (Custody custody = Custody.open(hooked, test.storeUrl(), test.clock)) {
      return custody.as("bob").importKeyMaterial(id(cmk), material);
    }
  }
}
