package io.strongroom.custody;

import static io.strongroom.custody.TestCustody.id;
import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;
import static org.assertj.core.api.Assertions.tuple;

import io.strongroom.custody.CustodyException.Reason;
import io.strongroom.hsm.Hsm;
import java.time.Duration;
import java.util.ArrayList;
import java.util.Collections;
import java.util.HexFormat;
import java.util.List;
import java.util.Map;
import java.util.concurrent.ExecutionException;
import java.util.concurrent.ExecutorService;
import java.util.concurrent.Executors;
import java.util.concurrent.Future;
import java.util.concurrent.atomic.AtomicBoolean;
import java.util.concurrent.atomic.AtomicReference;
import java.util.stream.IntStream;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.EnumSource;
import org.junit.jupiter.params.provider.ValueSource;

class VersionRotationTest extends TokenTest {

  private static final Duration QUARTER = Duration.ofDays(90);

  @Test
  void rotateKey_enabledKey_encryptsAnewAndReadsWhatOldVersionsEncrypted() {
    String key = id(keys.createKey(KeyRequest.generated().withAlias("alias/a")));
    byte[] first = keys.encrypt(key, new byte[] {1}, Map.of("a", "b")).encode();
    test.clock.advance(Duration.ofDays(1));
    CmkDescription rotated = keys.rotateKey("alias/a");
    byte[] second = keys.encrypt("alias/a", new byte[] {2}, Map.of()).encode();

    assertThat(rotated.keyId()).hasToString(key);
    assertThat(rotated.version()).isEqualTo(2);
    assertThat(rotated.versions())
        .extracting(KeyVersion::version, KeyVersion::created)
        .containsExactly(
            tuple(1, TestCustody.START), tuple(2, TestCustody.START.plus(Duration.ofDays(1))));
    assertThat(Ciphertext.parse(first).keyVersion()).isEqualTo(1);
    assertThat(Ciphertext.parse(second).keyVersion()).isEqualTo(2);
    assertThat(keys.decrypt(first, Map.of("a", "b"))).containsExactly(1);
    assertThat(keys.decrypt(second, Map.of())).containsExactly(2);
    assertThat(rotated).isEqualTo(keys.describe(key));
  }

  @Test
  void rotateKey_everyVersion_hasTheCheckValueOfItsKeyInTheToken() {
    String key = id(keys.createKey(KeyRequest.generated()));
    keys.rotateKey(key);
    CmkDescription rotated = keys.rotateKey(key);
    assertThat(rotated.versions())
        .hasSize(3)
        .allSatisfy(version -> {
          byte[] kcv = hsm.checkValue(hsm.key("cmk/" + key + "/v" + version.version()).id());
          assertThat(version.kcv()).isEqualTo(HexFormat.of().formatHex(kcv));
        });
    assertThat(rotated.versions()).extracting(KeyVersion::kcv).doesNotHaveDuplicates();
    assertThat(rotated.kcv()).isEqualTo(rotated.versions().getLast().kcv());
  }

  @ParameterizedTest
  @EnumSource(names = {"HMAC_256", "ECC_NIST_P256"})
  void rotateKey_kindWhoseOutputNamesNoVersion_isRefused(CmkSpec spec) {
    String key = id(keys.createKey(KeyRequest.generated().withSpec(spec)));
    assertThatThrownBy(() -> keys.rotateKey(key)).hasMessageContaining("alias rotate --new");
    assertThatThrownBy(() -> keys.enableRotation(key, QUARTER))
        .isInstanceOfSatisfying(
            CustodyException.Refused.class,
            e -> assertThat(e.reason()).isEqualTo(Reason.KEY_USAGE));
    assertThat(keys.describe(key).versions()).hasSize(1);
  }

  @Test
  void enableRotation_keyWithImportedMaterial_isRefused() {
    String key = id(keys.createKey(KeyRequest.external()));
    assertThatThrownBy(() -> keys.enableRotation(key, QUARTER))
        .isInstanceOfSatisfying(
            CustodyException.Refused.class,
            e -> assertThat(e.reason()).isEqualTo(Reason.KEY_ORIGIN));
  }

  @ParameterizedTest
  @ValueSource(longs = {0, -90 * 24, 89 * 24, 90 * 24 + 1, 2561 * 24, Integer.MAX_VALUE})
  void enableRotation_periodOutOfRange_isBadInput(long hours) {
    String key = id(keys.createKey(KeyRequest.generated()));
    assertThatThrownBy(() -> keys.enableRotation(key, Duration.ofHours(hours)))
        .isInstanceOf(CustodyException.BadInput.class)
        .hasMessageContaining("90 to 2560");
    assertThat(keys.describe(key).rotation()).isNull();
  }

  @Test
  void enableRotation_periodOver_rotatesOnceAndAgainAfterTheNext() {
    String key = id(keys.createKey(KeyRequest.generated()));
    assertThat(keys.enableRotation(key, QUARTER).rotation())
        .isEqualTo(new RotationSchedule(90, TestCustody.START.plus(QUARTER)));
    test.clock.advance(QUARTER.minusMillis(1));
    test.custody().keepHouse();
    assertThat(keys.describe(key).version()).isEqualTo(1);
    test.clock.advance(Duration.ofMillis(1));
    test.custody().keepHouse();
    test.custody().keepHouse();
    assertThat(keys.describe(key).version()).isEqualTo(2);
    assertThat(test.custody().audit().tail(2))
        .extracting(r -> r.operation(), r -> r.principal())
        .contains(tuple("rotateKeyOnSchedule", Housekeeping.PRINCIPAL));
    // Two periods that nobody was there for are one rotation.
    test.clock.advance(QUARTER.multipliedBy(2));
    test.reopen();
    CmkDescription late = test.keys().describe(key);
    assertThat(late.version()).isEqualTo(3);
    assertThat(late.rotation())
        .isEqualTo(new RotationSchedule(90, test.clock.instant().plus(QUARTER)));
  }

  @Test
  void enableRotation_disabledOnItsDay_rotatesOnceItIsEnabled() {
    String key = id(keys.createKey(KeyRequest.generated()));
    keys.enableRotation(key, QUARTER);
    keys.disable(key);
    test.clock.advance(QUARTER);
    test.custody().keepHouse();
    assertThat(keys.describe(key).version()).isEqualTo(1);
    keys.enable(key);
    test.custody().keepHouse();
    assertThat(keys.describe(key).version()).isEqualTo(2);
  }

  @Test
  void disableRotation_beforeItsDay_leavesTheVersionsAsTheyAre() {
    String key = id(keys.createKey(KeyRequest.generated()));
    keys.enableRotation(key, QUARTER);
    keys.rotateKey(key);
    assertThat(keys.disableRotation(key).rotation()).isNull();
    test.clock.advance(QUARTER);
    test.custody().keepHouse();
    assertThat(keys.describe(key).version()).isEqualTo(2);
  }

  @Test
  void rotateKey_onDemand_startsThePeriodAnew() {
    String key = id(keys.createKey(KeyRequest.generated()));
    keys.enableRotation(key, QUARTER);
    test.clock.advance(Duration.ofDays(30));
    assertThat(keys.rotateKey(key).rotation())
        .isEqualTo(new RotationSchedule(90, test.clock.instant().plus(QUARTER)));
  }

  @Test
  void keepHouse_oneKeyThatCannotRotate_keepsNoOtherFromIt() {
    CmkDescription lost = keys.createKey(KeyRequest.generated());
    CmkDescription other = keys.createKey(KeyRequest.generated());
    keys.enableRotation(id(lost), QUARTER);
    keys.enableRotation(id(other), QUARTER);
    hsm.destroy(hsm.key("cmk/" + lost.keyId() + "/v1").id());
    test.clock.advance(QUARTER);
    test.custody().keepHouse();
    assertThat(keys.describe(id(lost)).version()).isEqualTo(1);
    assertThat(keys.describe(id(other)).version()).isEqualTo(2);
  }

  @Test
  void keepHouse_manyInstancesAtOnce_rotateOnce() throws Exception {
    String key = id(keys.createKey(KeyRequest.generated()));
    keys.enableRotation(key, QUARTER);
    List<Runnable> instances = new ArrayList<>();
    try (Custody second = test.open();
        ExecutorService threads = Executors.newFixedThreadPool(6)) {
      test.clock.advance(QUARTER);
      IntStream.range(0, 3).forEach(_ -> instances.add(second::keepHouse));
      IntStream.range(0, 3).forEach(_ -> instances.add(test.custody()::keepHouse));
      await(instances.stream().<Future<?>>map(threads::submit).toList());
    }
    assertThat(keys.describe(key).version()).isEqualTo(2);
    assertThat(test.labels("cmk/" + key)).hasSize(2);
  }

  @Test
  void rotateKey_anotherInstanceRotatesMeanwhile_isRefusedAndMakesNoThirdVersion() {
    String key = id(keys.createKey(KeyRequest.generated()));
    AtomicReference<CmkDescription> meanwhile = new AtomicReference<>();
    Hsm racing = HookedHsm.wrap(hsm, "before:key:1", () -> meanwhile.set(keys.rotateKey(key)));
    try (Custody other = Custody.open(racing, test.storeUrl(), test.clock)) {
      assertThatThrownBy(() -> other.as("bob").rotateKey(key))
          .isInstanceOfSatisfying(
              CustodyException.Refused.class,
              e -> assertThat(e.reason()).isEqualTo(Reason.UNDER_WAY));
    }
    assertThat(meanwhile.get()).isNotNull().isEqualTo(keys.describe(key));
    assertThat(keys.describe(key).version()).isEqualTo(2);
    assertThat(test.labels("cmk/" + key)).hasSize(2);
  }

  @Test
  void rotateKey_disabledMeanwhile_isRefusedAndLeavesNothing() {
    String key = id(keys.createKey(KeyRequest.generated()));
    Hsm hooked = HookedHsm.wrap(hsm, "after:create:1", () -> keys.disable(key));
    try (Custody other = Custody.open(hooked, test.storeUrl(), test.clock)) {
      assertThatThrownBy(() -> other.as("bob").rotateKey(key))
          .isInstanceOfSatisfying(
              CustodyException.Refused.class,
              e -> assertThat(e.reason()).isEqualTo(Reason.KEY_STATE));
    }
    assertThat(test.labels("cmk/" + key)).hasSize(1);
    assertThat(keys.enable(key).version()).isEqualTo(1);
  }

  @Test
  void rotateKey_whileManyEncrypt_losesNothing() throws Exception {
    String key = id(keys.createKey(KeyRequest.generated()));
    AtomicBoolean done = new AtomicBoolean();
    List<byte[]> ciphertexts = Collections.synchronizedList(new ArrayList<>());
    try (ExecutorService threads = Executors.newFixedThreadPool(4)) {
      List<Future<?>> encrypting = new ArrayList<>();
      for (int i = 0; i < 4; i++) {
        encrypting.add(
            threads.submit(() -> {
              while (!done.get()) {
                ciphertexts.add(keys.encrypt(key, new byte[] {42}, Map.of()).encode());
              }
            }));
      }
      try {
        IntStream.range(0, 5).forEach(_ -> keys.rotateKey(key));
      } finally {
        done.set(true);
      }
      await(encrypting);
    }
    ciphertexts.add(keys.encrypt(key, new byte[] {42}, Map.of()).encode());
    assertThat(Ciphertext.parse(ciphertexts.getLast()).keyVersion()).isEqualTo(6);
    assertThat(ciphertexts)
        .allSatisfy(bytes -> assertThat(keys.decrypt(bytes, Map.of())).containsExactly(42));
  }

  /** An error goes through as a crash does: nothing is undone. */
  @ParameterizedTest
  @ValueSource(
      strings = {
        "before:create:1",
        "after:create:1",
        "after:checkValue:1",
        "before:encrypt:1",
        "after:decrypt:1"
      })
  void rotateKey_stoppedBeforeTheTransaction_isUndoneWhenItsIntentRanOut(String where) {
    String key = id(keys.createKey(KeyRequest.generated()));
    byte[] before = keys.encrypt(key, new byte[] {7}, Map.of()).encode();
    Runnable crash =
        () -> {
          throw new AssertionError("stopped, as arranged");
        };
    try (Custody other =
        Custody.open(HookedHsm.wrap(hsm, where, crash), test.storeUrl(), test.clock)) {
      assertThatThrownBy(() -> other.as("bob").rotateKey(key)).hasMessageContaining("arranged");
    }
    assertThat(keys.describe(key).version()).isEqualTo(1);
    test.clock.advance(Duration.ofMinutes(11));
    test.reopen();
    assertThat(test.labels("cmk/" + key)).containsExactly("cmk/" + key + "/v1");
    assertThat(test.keys().rotateKey(key).version()).isEqualTo(2);
    assertThat(test.keys().decrypt(before, Map.of())).containsExactly(7);
  }

  private static void await(List<Future<?>> futures) throws InterruptedException {
    for (Future<?> future : futures) {
      try {
        future.get();
      } catch (ExecutionException e) {
        throw new AssertionError(e.getCause());
      }
    }
  }
}
