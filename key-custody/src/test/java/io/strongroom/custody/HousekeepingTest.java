package io.strongroom.custody;

import static io.strongroom.custody.TestCustody.id;
import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import io.strongroom.hsm.Hsm;
import io.strongroom.hsm.HsmException;
import java.time.Duration;
import org.junit.jupiter.api.Test;

/** Others act between the moment that housekeeping looks and the moment that it acts. */
class HousekeepingTest extends TokenTest {

  private static final byte[] MATERIAL = Materials.bytes(32, 41);

  @Test
  void destroyDue_deletionCalledOffMeanwhile_leavesTheKey() {
    CmkDescription first = keys.createKey(KeyRequest.generated());
    CmkDescription second = keys.createKey(KeyRequest.generated());
    keys.scheduleDeletion(id(first), Duration.ofDays(7));
    keys.scheduleDeletion(id(second), Duration.ofDays(7));
    test.clock.advance(Duration.ofDays(7));
    openWith("before:destroy:1", () -> keys.cancelDeletion(id(second)));
    assertThat(keys.describe(id(second)).state()).isEqualTo(KeyState.DISABLED);
    assertThat(test.labelsOf(second)).hasSize(1);
    assertThat(test.labelsOf(first)).isEmpty();
  }

  @Test
  void expire_materialImportedAgainMeanwhile_leavesIt() {
    CmkDescription first = expiring(MATERIAL);
    CmkDescription second = expiring(Materials.bytes(32, 42));
    test.clock.advance(Duration.ofHours(2));
    openWith(
        "before:destroy:1",
        () -> {
          keys.deleteMaterial(id(second));
          test.importInto(second, Materials.bytes(32, 42));
        });
    assertThat(keys.describe(id(second)).state()).isEqualTo(KeyState.ENABLED);
    assertThat(keys.describe(id(first)).state()).isEqualTo(KeyState.PENDING_IMPORT);
  }

  @Test
  void cancelDeletion_materialDeletedMeanwhile_isPendingImport() {
    CmkDescription cmk = keys.createKey(KeyRequest.external());
    test.importInto(cmk, MATERIAL);
    keys.scheduleDeletion(id(cmk), Duration.ofDays(7));
    Hsm hooked = HookedHsm.wrap(hsm, "after:key:1", () -> keys.deleteMaterial(id(cmk)));
    try (Custody other = Custody.open(hooked, test.storeUrl(), test.clock)) {
      assertThat(other.as("bob").cancelDeletion(id(cmk)).state())
          .isEqualTo(KeyState.PENDING_IMPORT);
    }
  }

  @Test
  void disable_deviceDoesNotAnswer_isDoneAllTheSame() {
    CmkDescription cmk = keys.createKey(KeyRequest.generated());
    Runnable failure =
        () -> {
          throw new HsmException.DeviceUnavailable("the device went away, as arranged");
        };
    Hsm failing = HookedHsm.wrap(hsm, "before:key:1", failure);
    try (Custody other = Custody.open(failing, test.storeUrl(), test.clock)) {
      assertThat(other.as("bob").disable(id(cmk)).state()).isEqualTo(KeyState.DISABLED);
    }
    assertThat(keys.describe(id(cmk)).state()).isEqualTo(KeyState.DISABLED);
  }

  @Test
  void close_hsmClosedBefore_closesTheStoreAllTheSame() {
    Runnable closed =
        () -> {
          throw new IllegalStateException("the HSM is closed");
        };
    Hsm failing = HookedHsm.wrap(hsm, "before:sign:1", closed);
    Custody other = Custody.open(failing, test.storeUrl(), test.clock);
    other.as("bob").listAliases();
    other.close();
    assertThatThrownBy(() -> other.as("bob").listAliases())
        .isInstanceOf(IllegalStateException.class);
  }

  private CmkDescription expiring(byte[] material) {
    CmkDescription cmk = keys.createKey(KeyRequest.external());
    ImportParameters parameters = test.parameters(cmk);
    byte[] wrapped = OpenSsl.oaepSha1(parameters.publicKey(), material);
    return keys.importKeyMaterial(
        id(cmk),
        MaterialImport.of(parameters.token(), wrapped)
            .expiring(test.clock.instant().plus(Duration.ofHours(1))));
  }

  private void openWith(String where, Runnable meanwhile) {
    Custody.open(HookedHsm.wrap(hsm, where, meanwhile), test.storeUrl(), test.clock).close();
  }
}
