package io.strongroom.custody;

import static io.strongroom.custody.TestCustody.id;
import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import io.strongroom.custody.CustodyException.Reason;
import io.strongroom.hsm.HsmException;
import io.strongroom.softhsm.SoftHsmExtension;
import io.strongroom.softhsm.SoftHsmToken;
import io.strongroom.softhsm.TokenProcess;
import java.time.Duration;
import java.util.Map;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.extension.ExtendWith;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

@ExtendWith(SoftHsmExtension.class)
class KeyDeletionTest extends TokenTest {

  @Test
  void destroy_keyWithAllThatAKeyCanHave_leavesOnlyTheRecordOfIt() {
    CmkDescription cmk = threeVersions();
    CmkDescription external = keys.createKey(KeyRequest.external().withTags(Map.of("a", "b")));
    test.parameters(external);
    byte[] ciphertext = keys.encrypt(id(cmk), new byte[1], Map.of()).encode();
    comeDay(cmk, external);
    test.custody().keepHouse();

    assertThat(test.labels("cmk/")).isEmpty();
    assertThat(test.labels("custody/wrapping/")).isEmpty();
    assertThat(keys.listKeys()).isEmpty();
    assertThat(keys.listAliases()).isEmpty();
    String destroyed = "destroyed on " + test.clock.instant();
    assertThatThrownBy(() -> keys.decrypt(ciphertext, Map.of()))
        .isInstanceOfSatisfying(
            CustodyException.NotFound.class,
            e -> assertThat(e.reason()).isEqualTo(Reason.KEY_DESTROYED))
        .hasMessageContainingAll(id(cmk), destroyed, "3 of its versions");
    assertThatThrownBy(() -> keys.encrypt(id(cmk), new byte[1], Map.of()))
        .hasMessageContaining(destroyed);
    assertThatThrownBy(() -> keys.cancelDeletion(id(external))).hasMessageContaining(destroyed);
  }

  /** An error goes through as a crash does: nothing is undone, nothing completed. */
  @ParameterizedTest
  @ValueSource(
      strings = {"before:destroy:1", "after:destroy:1", "before:destroy:3", "after:destroy:3"})
  void destroy_stoppedAtEachStep_isCompletedByTheNextOpening(String where) {
    CmkDescription cmk = threeVersions();
    Runnable crash =
        () -> {
          throw new AssertionError("stopped, as arranged");
        };
    try (Custody other =
        Custody.open(HookedHsm.wrap(hsm, where, crash), test.storeUrl(), test.clock)) {
      comeDay(cmk);
      assertThatThrownBy(other::keepHouse).hasMessageContaining("arranged");
    }
    test.reopen();
    assertThat(test.labelsOf(cmk)).isEmpty();
    assertThatThrownBy(() -> test.keys().describe(id(cmk)))
        .isInstanceOfSatisfying(
            CustodyException.NotFound.class,
            e -> assertThat(e.reason()).isEqualTo(Reason.KEY_DESTROYED));
  }

  @Test
  void destroy_deviceAway_isCompletedOnceItIsBack() {
    CmkDescription cmk = threeVersions();
    Runnable away =
        () -> {
          throw new HsmException.DeviceUnavailable("the device went away, as arranged");
        };
    try (Custody other =
        Custody.open(HookedHsm.wrap(hsm, "before:destroy:2", away), test.storeUrl(), test.clock)) {
      comeDay(cmk);
      other.keepHouse();
      assertThat(test.labelsOf(cmk)).hasSize(1);
      other.keepHouse();
    }
    assertThat(test.labelsOf(cmk)).isEmpty();
  }

  @ParameterizedTest
  @ValueSource(strings = {"before:destroy:1", "after:destroy:2"})
  void destroy_processKilled_isCompletedByTheNextOpening(String where, SoftHsmToken token)
      throws Exception {
    CmkDescription cmk = threeVersions();
    comeDay(cmk);
    kill(token, where, "house");
    assertThat(test.labelsOf(cmk)).isNotEmpty();
    test.reopen();
    assertThat(test.labelsOf(cmk)).isEmpty();
  }

  @ParameterizedTest
  @ValueSource(strings = {"after:create:1", "after:decrypt:1"})
  void rotateKey_processKilled_isUndoneByTheNextOpening(String where, SoftHsmToken token)
      throws Exception {
    CmkDescription cmk = keys.createKey(KeyRequest.generated());
    kill(token, where, id(cmk));
    assertThat(test.labelsOf(cmk)).hasSize(2);
    test.reopen();
    assertThat(test.labelsOf(cmk)).containsExactly("cmk/" + id(cmk) + "/v1");
    assertThat(test.keys().rotateKey(id(cmk)).version()).isEqualTo(2);
  }

  private CmkDescription threeVersions() {
    CmkDescription cmk =
        keys.createKey(
            KeyRequest.generated().withAlias("alias/gone").withTags(Map.of("team", "cards")));
    keys.rotateKey(id(cmk));
    return keys.rotateKey(id(cmk));
  }

  private void comeDay(CmkDescription... cmks) {
    for (CmkDescription cmk : cmks) {
      keys.scheduleDeletion(id(cmk), KeyService.MIN_DELETION_DELAY);
    }
    test.clock.advance(KeyService.MIN_DELETION_DELAY);
  }

  private void kill(SoftHsmToken token, String where, String what) throws Exception {
    try (TokenProcess process =
        TokenProcess.start(
            token,
            KeyLifeMain.class,
            token.url(),
            test.storeUrl(),
            where,
            test.clock.instant().toString(),
            what)) {
      process.awaitLine(KeyLifeMain.STOPPED::equals, Duration.ofSeconds(60));
    }
  }
}
