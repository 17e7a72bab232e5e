package io.strongroom.custody.chain;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import io.strongroom.custody.audit.AuditVerdict;
import io.strongroom.custody.audit.AuditVerdict.Broken;
import io.strongroom.custody.audit.AuditVerdict.Intact;
import io.strongroom.custody.audit.AuditVerdict.Tampering;
import io.strongroom.custody.store.AuditRow;
import io.strongroom.custody.store.AuditRows;
import io.strongroom.custody.store.CheckpointRow;
import io.strongroom.custody.store.Database;
import java.nio.file.Path;
import java.sql.Connection;
import java.sql.DriverManager;
import java.sql.Statement;
import java.time.Clock;
import java.time.Instant;
import java.time.ZoneOffset;
import java.util.List;
import java.util.Map;
import java.util.stream.Stream;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;

class ChainVerifierTest {

  private static final String GUARDS =
      "DROP TRIGGER audit_no_update; DROP TRIGGER audit_no_delete;";

  @TempDir Path dir;

  @BeforeEach
  void tenRecords() {
    AuditChain chain =
        new AuditChain(Clock.fixed(Instant.ofEpochSecond(1_800_000_000), ZoneOffset.UTC));
    try (Database database = open()) {
      for (int i = 1; i <= 10; i++) {
        String alias = "alias/a" + i;
        AuditEntry entry =
            new AuditEntry(
                "alice", "encrypt", "k", alias, "ok", List.of("n1"), Map.of("bytes", "12"));
        database.write(handle -> {
          chain.append(handle, entry);
          return entry;
        });
      }
    }
  }

  @Test
  void verify_untouched_isIntactWithCountAndHead() {
    assertThat(verify(List.of()))
        .isInstanceOfSatisfying(
            Intact.class,
            intact -> {
              assertThat(intact.count()).isEqualTo(10);
              assertThat(intact.headHash()).isEqualTo(hashOf(10)).hasSize(64);
              assertThat(intact.checkpointed()).isZero();
            });
  }

  @ParameterizedTest(name = "{0}")
  @CsvSource(
      delimiter = '|',
      textBlock =
          """
          principal      | UPDATE audit SET principal = 'bob' WHERE seq = 4    | 4 | ALTERED
          time           | UPDATE audit SET time_ms = time_ms + 1 WHERE seq = 4| 4 | ALTERED
          operation      | UPDATE audit SET operation = 'x' WHERE seq = 4      | 4 | ALTERED
          key            | UPDATE audit SET key_id = 'x' WHERE seq = 4         | 4 | ALTERED
          key to null    | UPDATE audit SET key_id = NULL WHERE seq = 4        | 4 | ALTERED
          alias          | UPDATE audit SET alias = 'x' WHERE seq = 4          | 4 | ALTERED
          result         | UPDATE audit SET result = 'refused' WHERE seq = 1   | 1 | ALTERED
          nodes          | UPDATE audit SET nodes = '[]' WHERE seq = 4         | 4 | ALTERED
          details        | UPDATE audit SET details = '{}' WHERE seq = 10      | 10 | ALTERED
          checkpoint     | UPDATE audit SET checkpoint_seq = 2 WHERE seq = 4   | 4 | ALTERED
          hash           | UPDATE audit SET hash = 'x' WHERE seq = 4           | 4 | ALTERED
          previous hash  | UPDATE audit SET previous_hash = 'x' WHERE seq = 4  | 4 | ALTERED
          removed        | DELETE FROM audit WHERE seq = 5                     | 5 | REMOVED
          first removed  | DELETE FROM audit WHERE seq = 1                     | 1 | REMOVED
          removed, closed up | DELETE FROM audit WHERE seq = 5; UPDATE audit SET seq = seq - 1 WHERE seq > 5 | 5 | ALTERED
          exchanged      | UPDATE audit SET seq = 99 WHERE seq = 3; UPDATE audit SET seq = 3 WHERE seq = 6; UPDATE audit SET seq = 6 WHERE seq = 99 | 3 | ALTERED
          inserted before | INSERT INTO audit SELECT 0, time_ms, principal, operation, key_id, alias, result, nodes, details, checkpoint_seq, previous_hash, hash FROM audit WHERE seq = 1 | 0 | OUT_OF_CHAIN
          copied to the end | INSERT INTO audit SELECT 11, time_ms, principal, operation, key_id, alias, result, nodes, details, checkpoint_seq, previous_hash, hash FROM audit WHERE seq = 10 | 11 | ALTERED
          """)
  void verify_tampered_namesTheFirstRecordThatWasTouched(
      String what, String sql, long sequence, Tampering tampering) throws Exception {
    tamper(sql);
    assertThat(verify(List.of()))
        .as(what)
        .isInstanceOfSatisfying(
            Broken.class,
            broken -> {
              assertThat(broken.sequence()).isEqualTo(sequence);
              assertThat(broken.what()).isEqualTo(tampering);
            });
  }

  @Test
  void verify_recordInsertedWithItsOwnHash_isOutOfChain() throws Exception {
    AuditRow five = row(5);
    AuditRow forged =
        new AuditRow(
            5,
            five.timeMs(),
            "mallory",
            "encrypt",
            null,
            null,
            "ok",
            "[]",
            "{}",
            0,
            "0".repeat(64),
            "");
    tamper("DELETE FROM audit WHERE seq = 5");
    insert(forged.withHash(ChainHash.of(forged)));
    assertThat(verify(List.of()))
        .isInstanceOfSatisfying(
            Broken.class,
            broken -> {
              assertThat(broken.sequence()).isEqualTo(5);
              assertThat(broken.what()).isEqualTo(Tampering.OUT_OF_CHAIN);
            });
  }

  @Test
  void verify_endCutOffBehindACheckpoint_isTruncated() throws Exception {
    CheckpointRow checkpoint = new CheckpointRow(10, hashOf(10), "", 0);
    tamper("DELETE FROM audit WHERE seq > 7");
    assertThat(verify(List.of(checkpoint)))
        .isInstanceOfSatisfying(
            Broken.class,
            broken -> {
              assertThat(broken.sequence()).isEqualTo(8);
              assertThat(broken.what()).isEqualTo(Tampering.TRUNCATED);
            });
  }

  @Test
  void verify_allRecordsGoneBehindACheckpoint_isTruncated() throws Exception {
    CheckpointRow checkpoint = new CheckpointRow(10, hashOf(10), "", 0);
    tamper("DELETE FROM audit");
    assertThat(verify(List.of(checkpoint)))
        .isInstanceOfSatisfying(Broken.class, broken -> assertThat(broken.sequence()).isEqualTo(1));
  }

  @Test
  void verify_chainRewrittenWithFittingHashes_isFoundByTheNextCheckpoint() throws Exception {
    List<CheckpointRow> checkpoints =
        List.of(new CheckpointRow(3, hashOf(3), "", 0), new CheckpointRow(8, hashOf(8), "", 0));
    rewriteFrom(6);
    assertThat(verify(checkpoints))
        .isInstanceOfSatisfying(
            Broken.class,
            broken -> {
              assertThat(broken.what()).isEqualTo(Tampering.REWRITTEN);
              assertThat(broken.sequence()).isEqualTo(4);
              assertThat(broken.explanation()).contains("4 to 8");
            });
  }

  @Test
  void verify_checkpointNotMadeByTheKey_isForged() {
    CheckpointRow checkpoint = new CheckpointRow(3, hashOf(3), "", 0);
    try (Database database = open()) {
      AuditVerdict verdict =
          database.read(handle -> {
            try (Stream<AuditRow> rows = AuditRows.all(handle)) {
              return new ChainVerifier(List.of(checkpoint), row -> false).verify(rows.iterator());
            }
          });
      assertThat(verdict)
          .isInstanceOfSatisfying(
              Broken.class,
              broken -> assertThat(broken.what()).isEqualTo(Tampering.CHECKPOINT_FORGED));
    }
  }

  @ParameterizedTest
  @CsvSource({
    "UPDATE audit SET principal = 'x',never changed",
    "DELETE FROM audit,never removed",
  })
  void triggers_inPlace_forbidChanges(String sql, String message) {
    assertThatThrownBy(() -> execute(sql)).hasMessageContaining(message);
  }

  private AuditVerdict verify(List<CheckpointRow> checkpoints) {
    try (Database database = open()) {
      return database.read(handle -> {
        try (Stream<AuditRow> rows = AuditRows.all(handle)) {
          return new ChainVerifier(checkpoints, row -> true).verify(rows.iterator());
        }
      });
    }
  }

  /** Writes a chain that fits together, as somebody would who knows how it is made. */
  private void rewriteFrom(long first) throws Exception {
    List<AuditRow> rows;
    try (Database database = open()) {
      rows = database.read(handle -> AuditRows.after(handle, first - 1, 100));
    }
    tamper("DELETE FROM audit WHERE seq >= " + first);
    String previous = hashOf(first - 1);
    for (AuditRow old : rows) {
      AuditRow row =
          new AuditRow(
              old.sequence(),
              old.timeMs(),
              "mallory",
              old.operation(),
              old.keyId(),
              old.alias(),
              old.result(),
              old.nodes(),
              old.details(),
              old.checkpointSequence(),
              previous,
              "");
      previous = ChainHash.of(row);
      insert(row.withHash(previous));
    }
  }

  private String hashOf(long sequence) {
    return row(sequence).hash();
  }

  private AuditRow row(long sequence) {
    try (Database database = open()) {
      return database.read(handle -> AuditRows.after(handle, sequence - 1, 1)).getFirst();
    }
  }

  private void insert(AuditRow row) {
    try (Database database = open()) {
      database.write(handle -> {
        AuditRows.insert(handle, row);
        return row;
      });
    }
  }

  private void tamper(String sql) throws Exception {
    execute(GUARDS + sql);
  }

  private void execute(String sql) throws Exception {
    try (Connection connection = DriverManager.getConnection("jdbc:sqlite:" + file());
        Statement statement = connection.createStatement()) {
      statement.executeUpdate(sql);
    }
  }

  private Database open() {
    return Database.open("sqlite:" + file());
  }

  private Path file() {
    return dir.resolve("custody.db");
  }
}
