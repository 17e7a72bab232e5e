package io.strongroom.custody;

import io.strongroom.softhsm.SoftHsmToken;
import org.junit.jupiter.api.Nested;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.EnumSource;

/** What holds on SQLite holds on PostgreSQL. */
@OnPostgres
class PostgresTest {

  @Nested
  class KeyLife extends KeyLifeTest {}

  @Nested
  class Lists extends KeyListTest {}

  @Nested
  class Notes extends KeyNotesTest {}

  @Nested
  class Versions extends VersionRotationTest {}

  @Nested
  class Alias extends AliasesTest {}

  @Nested
  class Rotating extends RotationTest {}

  @Nested
  class Audit extends AuditTest {}

  @Nested
  class Export extends AuditExportTest {}

  @Nested
  class Tamper extends TamperTest {}

  @Nested
  class Intent extends IntentsTest {}

  @Nested
  class Use extends DataTest {}

  @Nested
  class Several extends SeveralInstancesTest {}

  @Nested
  class Crash extends KilledRotation {
    @ParameterizedTest
    @EnumSource(names = {"UNWRAPPED", "ALIAS_MOVED", "COMMITTED"})
    void rotateAlias_killedAtAStep_isAllOldOrAllNewAfterTheNextOpening(
        RotationStep step, SoftHsmToken token) throws Exception {
      assertAllOldOrAllNewAfterKill(step, token);
    }
  }

  @Nested
  class History extends RotationHistoryTest {}
}
