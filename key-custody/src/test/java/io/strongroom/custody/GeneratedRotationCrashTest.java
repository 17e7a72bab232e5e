package io.strongroom.custody;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import io.strongroom.custody.audit.AuditVerdict;
import io.strongroom.custody.store.Database;
import io.strongroom.custody.store.IntentRows;
import io.strongroom.hsm.Hsm;
import io.strongroom.softhsm.SoftHsmToken;
import io.strongroom.softhsm.TokenProcess;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.util.Map;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.EnumSource;

/**
 * A rotation to a generated key ends at each of its steps: before its transaction as in a crash,
 * with none of its clean-up; in that and after it by a kill of the process.
 */
class GeneratedRotationCrashTest extends TokenTest {

  private static final String ALIAS = "alias/payments";

  /** The steps in their order, as the table of the documentation has them. */
  enum Step {
    WROTE_INTENT("before:create:1", "old key; nothing; 1 birth", "intent written, before the key"),
    MADE("after:create:1", "old key; the new key, nobody's; 1 birth", "after the key was made"),
    CHECK_VALUE(
        "after:checkValue:1", "old key; the new key, nobody's; 1 birth", "check value taken"),
    ROUND_TRIP(
        "after:decrypt:1", "old key; the new key, nobody's; 1 birth", "after the round trip"),
    SHOWN_BY_TOKENS(
        "after:at:1",
        "old key; the new key, nobody's; 1 birth",
        "tokens being asked to show the key"),
    ALIAS_MOVED(
        "transaction:3",
        "old key; the new key, nobody's; 1 birth",
        "in the transaction, before its commit"),
    COMMITTED(RotatingMain.RETURNED, "new key; the new key; none", "after the commit");

    private final String where;
    private final String found;
    private final String text;

    Step(String where, String found, String text) {
      this.where = where;
      this.found = found;
      this.text = text;
    }

    private boolean inProcess() {
      return where.contains(":") && this != ALIAS_MOVED;
    }

    private String repaired() {
      return this == COMMITTED ? "new key; the new key; none" : "old key; nothing; none";
    }

    private String row() {
      return "| %s | %s | %s |".formatted(text, found, repaired());
    }
  }

  /** What ends a call without any of its own clean-up. */
  private static final class Crash extends Error {
    private static final long serialVersionUID = 1L;
  }

  private CmkDescription before;

  @BeforeEach
  void aliasOnAGeneratedKey() {
    before = keys.createKey(KeyRequest.generated().withAlias(ALIAS));
  }

  @ParameterizedTest
  @EnumSource
  void rotateAlias_endedAtAStep_isAllOldOrAllNewAfterTheNextOpening(Step step, SoftHsmToken token)
      throws Exception {
    assertThat(Files.readString(Path.of("../docs/custody/rotation.md"))).contains(step.row());
    byte[] old = keys.encrypt(ALIAS, new byte[] {7}, Map.of()).encode();
    if (step.inProcess()) {
      crash(step.where);
    } else {
      kill(step.where, token);
    }
    assertThat(state()).isEqualTo(step.found);
    // A process that still runs keeps its intent for this long.
    test.clock.advance(Intents.LEASE.plusSeconds(1));
    test.reopen();
    assertThat(state()).isEqualTo(step.repaired());
    assertThat(test.keys().decrypt(old, Map.of())).containsExactly(7);
    assertThat(test.keys().rotateAlias(ALIAS, RotationRequest.toGenerated()).to())
        .isNotEqualTo(before.keyId());
    assertThat(test.custody().audit().verify()).isInstanceOf(AuditVerdict.Intact.class);
  }

  private void crash(String where) {
    Hsm hooked =
        HookedHsm.wrap(
            hsm,
            where,
            () -> {
              throw new Crash();
            });
    try (Custody custody = Custody.open(hooked, test.storeUrl(), test.clock)) {
      assertThatThrownBy(() -> custody.as("bob").rotateAlias(ALIAS, RotationRequest.toGenerated()))
          .isInstanceOf(Crash.class);
    }
  }

  private void kill(String where, SoftHsmToken token) throws Exception {
    try (TokenProcess process =
        TokenProcess.start(
            token,
            RotatingMain.class,
            token.url(),
            test.storeUrl(),
            where,
            TestCustody.START.toString())) {
      process.awaitLine(RotatingMain.STOPPED::equals, Duration.ofSeconds(60));
    }
  }

  /** Where the alias points, what the token has, and the intents. */
  private String state() {
    boolean moved = !test.keys().describe(ALIAS).keyId().equals(before.keyId());
    int others = test.labels("cmk/").size() - test.labelsOf(before).size();
    try (Database database = Database.open(test.storeUrl())) {
      int intents = database.read(IntentRows::all).size();
      return "%s; %s; %s"
          .formatted(
              moved ? "new key" : "old key",
              others == 0 ? "nothing" : moved ? "the new key" : "the new key, nobody's",
              intents == 0 ? "none" : intents + " birth");
    }
  }
}
