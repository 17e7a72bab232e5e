package io.strongroom.custody;

import static io.strongroom.custody.TestCustody.id;
import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import io.strongroom.custody.CustodyException.Reason;
import java.time.Duration;
import java.time.Instant;
import java.util.Map;
import org.assertj.core.api.ThrowableAssert.ThrowingCallable;
import org.jspecify.annotations.Nullable;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;

/** Material that has an end: on every instance, at that instant, in every state of its key. */
class ExpiryTest extends TokenTest {

  private static final byte[] MATERIAL = Materials.bytes(32, 71);
  private static final Duration HOUR = Duration.ofHours(1);
  private static final Instant END = TestCustody.START.plus(HOUR);

  private CmkDescription cmk;
  private byte[] ciphertext;

  @BeforeEach
  void importForAnHour() {
    cmk = keys.createKey(KeyRequest.external().withAlias("alias/hour"));
    importUntil(END);
    ciphertext = keys.encrypt(id(cmk), new byte[] {1, 2, 3}, Map.of()).encode();
  }

  @Test
  void material_atItsEnd_isUnusableOnEveryInstance() {
    try (Custody other = test.open()) {
      KeyService others = other.as("bob");
      test.clock.advance(HOUR.minusMillis(1));
      assertThat(keys.decrypt(ciphertext, Map.of())).containsExactly(1, 2, 3);
      assertThat(others.decrypt(ciphertext, Map.of())).containsExactly(1, 2, 3);
      assertThat(others.describe(id(cmk)).state()).isEqualTo(KeyState.ENABLED);

      test.clock.advance(Duration.ofMillis(1));
      assertRefused(() -> others.decrypt(ciphertext, Map.of()));
      assertRefused(() -> keys.decrypt(ciphertext, Map.of()));
      assertRefused(() -> keys.encrypt("alias/hour", new byte[1], Map.of()));
      assertThat(test.labelsOf(cmk)).isEmpty();
    }
  }

  @Test
  void describe_afterTheEnd_showsPendingImportThoughNobodyUsedTheKey() {
    test.clock.advance(HOUR);
    CmkDescription described = keys.describe("alias/hour");
    assertThat(described.state()).isEqualTo(KeyState.PENDING_IMPORT);
    assertThat(described.kcv()).isNull();
    assertThat(test.labelsOf(cmk)).isEmpty();
  }

  @Test
  void list_afterTheEnd_showsPendingImportThoughNobodyUsedTheKey() {
    test.clock.advance(HOUR);
    assertThat(keys.listKeys())
        .filteredOn(key -> key.keyId().equals(cmk.keyId()))
        .extracting(CmkDescription::state)
        .containsExactly(KeyState.PENDING_IMPORT);
    assertThat(test.labelsOf(cmk)).isEmpty();
  }

  @Test
  void material_disabledOrScheduledForDeletionAtItsEnd_isDestroyedAllTheSame() {
    keys.disable(id(cmk));
    test.clock.advance(HOUR);
    assertThat(keys.describe(id(cmk)).state()).isEqualTo(KeyState.PENDING_IMPORT);
    assertThat(test.labelsOf(cmk)).isEmpty();

    importUntil(test.clock.instant().plus(HOUR));
    keys.scheduleDeletion(id(cmk), Duration.ofDays(7));
    test.clock.advance(HOUR);
    assertThat(keys.describe(id(cmk)).state()).isEqualTo(KeyState.PENDING_DELETION);
    assertThat(test.labelsOf(cmk)).isEmpty();
    assertThat(keys.cancelDeletion(id(cmk)).state()).isEqualTo(KeyState.PENDING_IMPORT);
  }

  @Test
  void importKeyMaterial_sameMaterialAfterTheEnd_hasItsNewEndAndReadsOldCiphertext() {
    test.clock.advance(HOUR);
    Instant next = END.plus(Duration.ofDays(1));
    assertThat(importUntil(next).expires()).isEqualTo(next);
    assertThat(keys.decrypt(ciphertext, Map.of())).containsExactly(1, 2, 3);
    test.clock.advance(Duration.ofDays(1));
    assertRefused(() -> keys.decrypt(ciphertext, Map.of()));
    assertThat(importUntil(null).expires()).isNull();
    test.clock.advance(Duration.ofDays(10_000));
    assertThat(keys.decrypt(ciphertext, Map.of())).containsExactly(1, 2, 3);
  }

  private CmkDescription importUntil(@Nullable Instant end) {
    ImportParameters parameters = test.parameters(cmk);
    return keys.importKeyMaterial(
        id(cmk),
        MaterialImport.of(
                parameters.token(),
                Materials.wrapped(parameters.algorithm(), parameters.publicKey(), MATERIAL))
            .expiring(end));
  }

  private static void assertRefused(ThrowingCallable call) {
    assertThatThrownBy(call)
        .isInstanceOfSatisfying(
            CustodyException.Refused.class,
            e -> assertThat(e.reason()).isEqualTo(Reason.KEY_STATE));
  }
}
