package io.strongroom.custody;

import static io.strongroom.custody.TestCustody.id;
import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import io.strongroom.custody.CustodyException.Reason;
import io.strongroom.custody.audit.AuditRecord;
import java.time.Duration;
import java.util.Map;
import org.assertj.core.api.ThrowableAssert.ThrowingCallable;
import org.jspecify.annotations.Nullable;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;

/** What is kept of an alias's moves: the way back, and what becomes of the keys that it left. */
class RotationHistoryTest extends TokenTest {

  private static final String ALIAS = "alias/payments";
  private static final Duration DAY = Duration.ofDays(1);

  private CmkDescription first;
  private CmkDescription second;
  private byte[] oldCiphertext;

  @BeforeEach
  void aliasOnTheFirstOfTwoKeys() {
    first = keys.createKey(KeyRequest.generated().withAlias(ALIAS));
    second = keys.createKey(KeyRequest.generated());
    oldCiphertext = keys.encrypt(ALIAS, new byte[] {1, 2, 3}, Map.of()).encode();
  }

  @Test
  void aliasHistory_severalMoves_newestFirstWithWhoHowAndWhen() {
    rotateTo(second, null);
    test.clock.advance(DAY);
    test.custody().as("bob").updateAlias(ALIAS, id(first), null);
    assertThat(keys.aliasHistory(ALIAS))
        .containsExactly(
            new AliasMove(
                ALIAS,
                second.keyId(),
                first.keyId(),
                AliasMove.Kind.UPDATE,
                TestCustody.START.plus(DAY),
                "bob",
                null,
                null),
            new AliasMove(
                ALIAS,
                first.keyId(),
                second.keyId(),
                AliasMove.Kind.ROTATE,
                TestCustody.START,
                "alice",
                null,
                null));
  }

  @Test
  void aliasHistory_aliasDeletedAndKeyUnknown_isKept() {
    rotateTo(second, null);
    keys.deleteAlias(ALIAS);
    assertThat(keys.aliasHistory(ALIAS)).hasSize(1);
    assertRefused(
        () -> keys.aliasHistory("alias/none"),
        CustodyException.NotFound.class,
        Reason.NO_SUCH_ALIAS);
  }

  @Test
  void rotateAlias_dryRun_leavesNoHistory() {
    keys.rotateAlias(ALIAS, RotationRequest.toKey(id(second)).withDryRun(true));
    assertThat(keys.aliasHistory(ALIAS)).isEmpty();
  }

  @Test
  void undo_afterRotation_pointsBackAndIsKeptInTheHistory() {
    rotateTo(second, null);
    AliasRotation undone = keys.rotateAlias(ALIAS, RotationRequest.undo());
    assertThat(undone.to()).isEqualTo(first.keyId());
    assertThat(undone.verified()).containsExactly(hsm.info().label());
    assertThat(keys.describe(ALIAS).keyId()).isEqualTo(first.keyId());
    assertThat(keys.aliasHistory(ALIAS).getFirst().kind()).isEqualTo(AliasMove.Kind.UNDO);
  }

  @Test
  void undo_dryRun_changesNothing() {
    rotateTo(second, null);
    assertThat(keys.rotateAlias(ALIAS, RotationRequest.undo().withDryRun(true)).dryRun()).isTrue();
    assertThat(keys.describe(ALIAS).keyId()).isEqualTo(second.keyId());
  }

  @Test
  void undo_repeated_isRefusedAndDoesNotMoveForwardAgain() {
    rotateTo(second, null);
    keys.rotateAlias(ALIAS, RotationRequest.undo());
    assertRefused(this::undo, CustodyException.Refused.class, Reason.NOTHING_TO_UNDO);
    assertThat(keys.describe(ALIAS).keyId()).isEqualTo(first.keyId());
  }

  @Test
  void undo_neverMoved_isRefused() {
    assertRefused(this::undo, CustodyException.Refused.class, Reason.NOTHING_TO_UNDO);
  }

  @Test
  void undo_previousKeyDisabledBySomeone_isRefusedWithWhatToDo() {
    rotateTo(second, null);
    keys.disable(id(first));
    assertThatThrownBy(this::undo)
        .isInstanceOfSatisfying(
            CustodyException.Refused.class, e -> assertThat(e.reason()).isEqualTo(Reason.KEY_STATE))
        .hasMessageContaining("Disabled")
        .hasMessageContaining("first enable");
    assertThat(keys.describe(ALIAS).keyId()).isEqualTo(second.keyId());
  }

  @Test
  void undo_previousKeyWithoutMaterial_isRefusedWithWhatToDo() {
    CmkDescription external = keys.createKey(KeyRequest.external());
    test.importInto(external, Materials.bytes(32, 51));
    rotateTo(external, null);
    rotateTo(second, null);
    keys.deleteMaterial(id(external));
    assertThatThrownBy(this::undo).hasMessageContaining("first import");
  }

  @Test
  void rotateAlias_previousUsableFor_disablesThePreviousKeyAfterwardsAndExplainsThat() {
    AliasRotation rotation = rotateTo(second, DAY);
    assertThat(rotation.previousUsableUntil()).isEqualTo(TestCustody.START.plus(DAY));
    test.clock.advance(DAY.minusSeconds(1));
    test.reopen();
    assertThat(test.keys().decrypt(oldCiphertext, Map.of())).containsExactly(1, 2, 3);
    test.clock.advance(Duration.ofSeconds(1));
    test.reopen();
    AuditRecord record = test.lastRecord();
    assertThat(record.principal()).isEqualTo(Housekeeping.PRINCIPAL);
    assertThat(record.operation()).isEqualTo("retirePreviousKey");
    assertThat(record.keyId()).isEqualTo(id(first));
    assertThatThrownBy(() -> test.keys().decrypt(oldCiphertext, Map.of()))
        .isInstanceOfSatisfying(
            CustodyException.Refused.class, e -> assertThat(e.reason()).isEqualTo(Reason.KEY_STATE))
        .hasMessageContaining("reencrypt")
        .hasMessageContaining(id(second));
    assertThat(test.keys().aliasHistory(ALIAS).getFirst().previousRetired())
        .isEqualTo(TestCustody.START.plus(DAY));
  }

  @Test
  void undo_previousKeyRetired_enablesItAgain() {
    rotateTo(second, DAY);
    test.clock.advance(DAY);
    test.reopen();
    AliasRotation undone = test.keys().rotateAlias(ALIAS, RotationRequest.undo());
    assertThat(undone.to()).isEqualTo(first.keyId());
    assertThat(test.lastRecord().details()).containsEntry("enabled", "true");
    assertThat(test.keys().decrypt(oldCiphertext, Map.of())).containsExactly(1, 2, 3);
    test.clock.advance(DAY);
    test.reopen();
    assertThat(test.keys().describe(id(first)).state()).isEqualTo(KeyState.ENABLED);
  }

  @Test
  void policy_ofTheAlias_countsWhereTheRotationSaysNothing() {
    assertThat(keys.keepPreviousUsable(ALIAS, DAY).previousUsableFor()).isEqualTo(DAY);
    assertThat(keys.listAliases().getFirst().previousUsableFor()).isEqualTo(DAY);
    assertThat(rotateTo(second, null).previousUsableUntil()).isEqualTo(TestCustody.START.plus(DAY));
    keys.keepPreviousUsable(ALIAS, null);
    assertThat(rotateTo(first, null).previousUsableUntil()).isNull();
  }

  @Test
  void retirement_anotherAliasStillPointsThere_waitsForThat() {
    keys.createAlias("alias/other", id(first));
    rotateTo(second, DAY);
    test.clock.advance(DAY);
    test.reopen();
    assertThat(test.keys().describe(id(first)).state()).isEqualTo(KeyState.ENABLED);
    test.keys().deleteAlias("alias/other");
    test.reopen();
    assertThat(test.keys().describe(id(first)).state()).isEqualTo(KeyState.DISABLED);
  }

  @Test
  void retirement_anotherAliasLeftItWithMoreTime_waitsForThat() {
    keys.createAlias("alias/other", id(first));
    keys.rotateAlias(
        "alias/other",
        RotationRequest.toKey(id(second)).withPreviousUsableFor(DAY.multipliedBy(3)));
    rotateTo(second, DAY);
    test.clock.advance(DAY.multipliedBy(2));
    test.reopen();
    assertThat(test.keys().describe(id(first)).state()).isEqualTo(KeyState.ENABLED);
    test.clock.advance(DAY);
    test.reopen();
    assertThat(test.keys().describe(id(first)).state()).isEqualTo(KeyState.DISABLED);
  }

  @Test
  void retirement_aliasCameBackAndLeftAgainForEver_isCalledOff() {
    rotateTo(second, DAY);
    rotateTo(first, null);
    rotateTo(second, null);
    test.clock.advance(DAY.multipliedBy(2));
    test.reopen();
    assertThat(test.keys().describe(id(first)).state()).isEqualTo(KeyState.ENABLED);
  }

  @Test
  void retirement_enabledAgainByHand_isLeftEnabled() {
    rotateTo(second, DAY);
    test.clock.advance(DAY);
    test.reopen();
    test.keys().enable(id(first));
    test.reopen();
    assertThat(test.keys().describe(id(first)).state()).isEqualTo(KeyState.ENABLED);
  }

  @Test
  void previousUsableFor_notSensible_isBadInput() {
    for (Duration time : new Duration[] {Duration.ZERO, DAY.negated(), Duration.ofDays(3651)}) {
      assertRefused(
          () -> rotateTo(second, time), CustodyException.BadInput.class, Reason.MALFORMED);
      assertRefused(
          () -> keys.keepPreviousUsable(ALIAS, time),
          CustodyException.BadInput.class,
          Reason.MALFORMED);
    }
    assertThat(keys.describe(ALIAS).keyId()).isEqualTo(first.keyId());
  }

  private AliasRotation rotateTo(CmkDescription to, @Nullable Duration previousUsableFor) {
    return keys.rotateAlias(
        ALIAS, RotationRequest.toKey(id(to)).withPreviousUsableFor(previousUsableFor));
  }

  private void undo() {
    test.keys().rotateAlias(ALIAS, RotationRequest.undo());
  }

  private static void assertRefused(
      ThrowingCallable call, Class<? extends CustodyException> type, Reason reason) {
    assertThatThrownBy(call)
        .isInstanceOf(type)
        .extracting(e -> ((CustodyException) e).reason())
        .isEqualTo(reason);
  }
}
