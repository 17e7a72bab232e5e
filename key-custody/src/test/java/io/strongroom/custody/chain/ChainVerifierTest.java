package io.strongroom.custody.chain;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import io.strongroom.custody.audit.AuditFilter;
import io.strongroom.custody.audit.AuditVerdict.Tampering;
import io.strongroom.custody.chain.ChainVerifier.Finding;
import io.strongroom.custody.chain.ChainVerifier.Walked;
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
import java.util.Optional;
import java.util.function.Predicate;
import java.util.stream.Stream;
import org.jspecify.annotations.Nullable;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;

class ChainVerifierTest {

  private static final String GUARDS =
      "DROP TRIGGER audit_no_update; DROP TRIGGER audit_no_delete;";

  @TempDir Path dir;
  private ChainVerifier verifier =
      new ChainVerifier(List.of(), row -> true, List.of(), count -> {});

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
  void walk_untouched_findsNothingAndKnowsTheHead() {
    assertThat(finding(List.of())).isNull();
    assertThat(verifier.walked()).isEqualTo(new Walked(10, hashOf(10), 0));
  }

  @Test
  void walk_signedCheckpoint_vouchesForTheRecordsBeforeIt() {
    assertThat(finding(List.of(checkpoint(3), checkpoint(8)))).isNull();
    assertThat(verifier.walked().signed()).isEqualTo(8);
  }

  @Test
  void walk_checkpointsFromBeforeThereWereSignatures_vouchForNothing() {
    CheckpointRow old = new CheckpointRow(3, hashOf(3), 0, "", "");
    assertThat(finding(List.of(old))).isNull();
    assertThat(verifier.walked().signed()).isZero();
    assertThat(finding(List.of(old, checkpoint(8)))).isNull();
    assertThat(verifier.walked().signed()).isEqualTo(8);
  }

  @Test
  void walk_signatureTakenOffACheckpoint_isForged() {
    CheckpointRow bare = new CheckpointRow(8, hashOf(8), 0, "", "");
    assertBroken(8, Tampering.CHECKPOINT_FORGED, List.of(checkpoint(3), bare));
  }

  @Test
  void walk_fromTheMiddle_takesWhatIsBeforeForGranted() {
    AuditRow four = row(4);
    try (Database database = open()) {
      database.read(handle -> {
        ChainVerifier part = new ChainVerifier(List.of(), row -> true, List.of(), count -> {});
        part.beginAfter(3, four.previousHash(), 0);
        try (Stream<AuditRow> rows = AuditRows.between(handle, 4, 7)) {
          assertThat(part.walk(rows.iterator())).isNull();
        }
        assertThat(part.walked().count()).isEqualTo(7);
        return part;
      });
    }
  }

  @Test
  void walk_headNotedElsewhere_findsTruncationAndAnotherChain() throws Exception {
    assertThat(findingBy(Anchor.noted(10, hashOf(10)))).isNull();
    assertThat(findingBy(Anchor.noted(4, hashOf(4)))).isNull();
    assertThat(findingBy(Anchor.noted(4, hashOf(5))))
        .extracting(Finding::what)
        .isEqualTo(Tampering.REWRITTEN);
    Anchor head = Anchor.noted(10, hashOf(10));
    tamper("DELETE FROM audit WHERE seq > 7");
    assertThat(findingBy(head))
        .extracting(Finding::sequence, Finding::what)
        .containsExactly(8L, Tampering.TRUNCATED);
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
          inserted, moved up | UPDATE audit SET seq = seq + 100 WHERE seq > 4; UPDATE audit SET seq = seq - 99 WHERE seq > 100; INSERT INTO audit SELECT 5, time_ms, 'mallory', operation, key_id, alias, result, nodes, details, checkpoint_seq, previous_hash, hash FROM audit WHERE seq = 4 | 5 | ALTERED
          removed        | DELETE FROM audit WHERE seq = 5                     | 5 | REMOVED
          first removed  | DELETE FROM audit WHERE seq = 1                     | 1 | REMOVED
          removed, closed up | DELETE FROM audit WHERE seq = 5; UPDATE audit SET seq = seq - 1 WHERE seq > 5 | 5 | REMOVED
          exchanged      | UPDATE audit SET seq = 99 WHERE seq = 3; UPDATE audit SET seq = 3 WHERE seq = 6; UPDATE audit SET seq = 6 WHERE seq = 99 | 3 | REORDERED
          inserted before | INSERT INTO audit SELECT 0, time_ms, principal, operation, key_id, alias, result, nodes, details, checkpoint_seq, previous_hash, hash FROM audit WHERE seq = 1 | 0 | INSERTED
          copied to the end | INSERT INTO audit SELECT 11, time_ms, principal, operation, key_id, alias, result, nodes, details, checkpoint_seq, previous_hash, hash FROM audit WHERE seq = 10 | 11 | INSERTED
          """)
  void verify_tampered_namesTheFirstRecordThatWasTouched(
      String what, String sql, long sequence, Tampering tampering) throws Exception {
    tamper(sql);
    assertThat(finding(List.of()))
        .as(what)
        .extracting(Finding::sequence, Finding::what)
        .containsExactly(sequence, tampering);
  }

  @Test
  void walk_anotherRecordInThePlaceOfOne_isAltered() throws Exception {
    tamper("DELETE FROM audit WHERE seq = 5");
    insert(forged(5, ChainHash.NONE));
    assertBroken(5, Tampering.ALTERED, List.of());
  }

  @Test
  void walk_recordPutInThatFollowsFromTheOneBefore_isInserted() throws Exception {
    tamper(
        "UPDATE audit SET seq = seq + 100 WHERE seq > 4;"
            + "UPDATE audit SET seq = seq - 99 WHERE seq > 100");
    insert(forged(5, hashOf(4)));
    assertBroken(5, Tampering.INSERTED, List.of());
  }

  @Test
  void walk_recordChangedAndGivenItsOwnHash_isNamedThoughTheNextOneTellsOfIt() throws Exception {
    String before = hashOf(4);
    tamper("DELETE FROM audit WHERE seq = 5");
    insert(forged(5, before));
    assertBroken(5, Tampering.ALTERED, List.of());
  }

  @Test
  void walk_endCutOffBehindACheckpoint_isTruncated() throws Exception {
    CheckpointRow checkpoint = checkpoint(10);
    tamper("DELETE FROM audit WHERE seq > 7");
    assertBroken(8, Tampering.TRUNCATED, List.of(checkpoint));
  }

  @Test
  void walk_allRecordsGoneBehindACheckpoint_isTruncated() throws Exception {
    CheckpointRow checkpoint = checkpoint(10);
    tamper("DELETE FROM audit");
    assertBroken(1, Tampering.TRUNCATED, List.of(checkpoint));
  }

  @Test
  void walk_chainRewrittenWithFittingHashes_isFoundByTheNextCheckpoint() throws Exception {
    List<CheckpointRow> checkpoints = List.of(checkpoint(3), checkpoint(8));
    rewriteFrom(6);
    assertBroken(4, Tampering.REWRITTEN, checkpoints);
    assertThat(finding(checkpoints)).asString().contains("4 to 8");
  }

  @Test
  void walk_checkpointNotMadeByTheKey_isForged() {
    assertThat(finding(List.of(checkpoint(3)), row -> false, List.of()))
        .extracting(Finding::what)
        .isEqualTo(Tampering.CHECKPOINT_FORGED);
    assertThat(finding(List.of(checkpoint(30)), row -> false, List.of()))
        .extracting(Finding::what)
        .isEqualTo(Tampering.CHECKPOINT_FORGED);
  }

  @ParameterizedTest
  @CsvSource({
    "UPDATE audit SET principal = 'x',never changed",
    "DELETE FROM audit,never removed",
  })
  void triggers_inPlace_forbidChanges(String sql, String message) {
    assertThatThrownBy(() -> execute(sql)).hasMessageContaining(message);
  }

  private void assertBroken(long sequence, Tampering what, List<CheckpointRow> checkpoints) {
    assertThat(finding(checkpoints))
        .extracting(Finding::sequence, Finding::what)
        .containsExactly(sequence, what);
  }

  private @Nullable Finding finding(List<CheckpointRow> checkpoints) {
    return finding(checkpoints, row -> true, List.of());
  }

  private @Nullable Finding findingBy(Anchor anchor) {
    return finding(List.of(), row -> true, List.of(anchor));
  }

  private @Nullable Finding finding(
      List<CheckpointRow> checkpoints, Predicate<CheckpointRow> genuine, List<Anchor> anchors) {
    verifier = new ChainVerifier(checkpoints, genuine, anchors, count -> {});
    try (Database database = open()) {
      // One level of Optional: a reading transaction gives no null.
      return database
          .read(handle -> {
            try (Stream<AuditRow> rows = AuditRows.all(handle)) {
              return Optional.ofNullable(verifier.walk(rows.iterator()));
            }
          })
          .orElse(null);
    }
  }

  private CheckpointRow checkpoint(long sequence) {
    return new CheckpointRow(
        sequence, sequence > 10 ? ChainHash.NONE : hashOf(sequence), 0, "key", "00");
  }

  private static AuditRow forged(long sequence, String previous) {
    AuditRow row =
        new AuditRow(
            sequence, 0, "mallory", "encrypt", null, null, "ok", "[]", "{}", 0, previous, "");
    return row.withHash(ChainHash.of(row));
  }

  /** Writes a chain that fits together, as somebody would who knows how it is made. */
  private void rewriteFrom(long first) throws Exception {
    List<AuditRow> rows;
    try (Database database = open()) {
      rows = database.read(handle -> AuditRows.after(handle, AuditFilter.ALL, first - 1, 100));
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
      return database
          .read(handle -> AuditRows.after(handle, AuditFilter.ALL, sequence - 1, 1))
          .getFirst();
    }
  }

  private void insert(AuditRow row) {
    try (Database database = open()) {
      database.write(handle -> {
        AuditRows.insert(handle, List.of(row));
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
