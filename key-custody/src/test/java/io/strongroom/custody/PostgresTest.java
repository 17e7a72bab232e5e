package io.strongroom.custody;

import org.junit.jupiter.api.Nested;

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
  class Crash extends CrashTest {}
}
