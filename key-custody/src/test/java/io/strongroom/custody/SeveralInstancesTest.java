package io.strongroom.custody;

import static io.strongroom.custody.TestCustody.id;
import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import io.strongroom.custody.CustodyException.Reason;
import java.time.Duration;
import java.time.Instant;
import java.util.List;
import java.util.Map;
import java.util.UUID;
import java.util.concurrent.ExecutorService;
import java.util.concurrent.Executors;
import java.util.concurrent.Future;
import java.util.concurrent.atomic.AtomicInteger;
import org.assertj.core.api.ThrowableAssert.ThrowingCallable;
import org.awaitility.Awaitility;
import org.awaitility.core.ThrowingRunnable;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;

/** What one instance changes, the others on the same store see, although they remember keys. */
class SeveralInstancesTest extends TokenTest {

  /** The bound is one second; this only tells a change that is never seen from a slow machine. */
  private static final Duration PATIENCE = Duration.ofSeconds(30);

  private Custody second;
  private KeyService other;

  @BeforeEach
  void openSecond() {
    second = test.open();
    other = second.as("bob");
  }

  @AfterEach
  void closeSecond() {
    second.close();
  }

  @Test
  void updateAlias_byAnotherInstance_isSeen() {
    CmkDescription one = keys.createKey(KeyRequest.generated().withAlias("alias/a"));
    CmkDescription two = keys.createKey(KeyRequest.generated());
    remember("alias/a");
    other.updateAlias("alias/a", id(two), id(one));
    await(() -> assertThat(encryptingKey("alias/a")).isEqualTo(two.keyId()));
  }

  @Test
  void disable_byAnotherInstance_stopsEncryptionAndDecryption() {
    CmkDescription cmk = keys.createKey(KeyRequest.generated());
    byte[] ciphertext = keys.encrypt(id(cmk), new byte[1], Map.of()).encode();
    remember(id(cmk));
    keys.decrypt(ciphertext, Map.of());
    other.disable(id(cmk));
    await(() -> assertDisabled(() -> keys.encrypt(id(cmk), new byte[1], Map.of())));
    assertDisabled(() -> keys.decrypt(ciphertext, Map.of()));
  }

  @Test
  void enable_byAnotherInstance_isSeenAtOnceBecauseRefusalsAreNotRemembered() {
    CmkDescription cmk = keys.createKey(KeyRequest.generated());
    keys.disable(id(cmk));
    assertDisabled(() -> keys.encrypt(id(cmk), new byte[1], Map.of()));
    other.enable(id(cmk));
    assertThat(encryptingKey(id(cmk))).isEqualTo(cmk.keyId());
  }

  @Test
  void change_byTheSameInstance_isSeenAtOnce() {
    CmkDescription one = keys.createKey(KeyRequest.generated().withAlias("alias/a"));
    CmkDescription two = keys.createKey(KeyRequest.generated());
    for (int i = 0; i < 20; i++) {
      CmkDescription to = i % 2 == 0 ? two : one;
      keys.updateAlias("alias/a", id(to), null);
      assertThat(encryptingKey("alias/a")).isEqualTo(to.keyId());
    }
    keys.disable(id(one));
    assertDisabled(() -> keys.encrypt("alias/a", new byte[1], Map.of()));
  }

  @Test
  void expiry_ofARememberedKey_isCheckedAtUse() {
    CmkDescription cmk = keys.createKey(KeyRequest.external());
    ImportParameters parameters = test.parameters(cmk);
    Instant expires = TestCustody.START.plus(Duration.ofHours(1));
    keys.importKeyMaterial(
        id(cmk),
        MaterialImport.of(
                parameters.token(),
                OpenSsl.oaepSha1(parameters.publicKey(), Materials.bytes(32, 41)))
            .expiring(expires));
    remember(id(cmk));
    test.clock.advance(Duration.ofHours(1));
    assertThatThrownBy(() -> keys.encrypt(id(cmk), new byte[1], Map.of()))
        .isInstanceOf(CustodyException.Refused.class)
        .hasMessageContaining("expired");
  }

  @Test
  void createAlias_sameNameByBothAtOnce_exactlyOneWins() throws Exception {
    CmkDescription one = keys.createKey(KeyRequest.external());
    int rounds = 10;
    AtomicInteger won = new AtomicInteger();
    try (ExecutorService executor = Executors.newFixedThreadPool(2)) {
      for (int i = 0; i < rounds; i++) {
        String alias = "alias/a" + i;
        executor
            .invokeAll(
                List.of(
                    () -> created(keys, alias, one, won), () -> created(other, alias, one, won)))
            .forEach(Future::resultNow);
      }
    }
    assertThat(won).hasValue(rounds);
    assertThat(keys.listAliases()).hasSize(rounds);
  }

  private static boolean created(
      KeyService face, String alias, CmkDescription cmk, AtomicInteger won) {
    try {
      face.createAlias(alias, id(cmk));
      won.incrementAndGet();
      return true;
    } catch (CustodyException.Refused e) {
      assertThat(e.reason()).isEqualTo(Reason.ALIAS_EXISTS);
      return false;
    }
  }

  /** Uses a key until it must be in memory: the second use finds it there if the first did not. */
  private void remember(String key) {
    for (int i = 0; i < 3; i++) {
      keys.encrypt(key, new byte[1], Map.of());
    }
  }

  private UUID encryptingKey(String reference) {
    return keys.encrypt(reference, new byte[1], Map.of()).keyId();
  }

  private static void await(ThrowingRunnable seen) {
    Awaitility.await().atMost(PATIENCE).pollInterval(Duration.ofMillis(20)).untilAsserted(seen);
  }

  private static void assertDisabled(ThrowingCallable call) {
    assertThatThrownBy(call)
        .isInstanceOfSatisfying(
            CustodyException.Refused.class,
            e -> assertThat(e.reason()).isEqualTo(Reason.KEY_STATE));
  }
}
