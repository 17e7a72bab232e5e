package io.strongroom.custody;

import static org.assertj.core.api.Assertions.assertThat;

import io.strongroom.custody.audit.AuditCheck;
import io.strongroom.custody.audit.AuditKey;
import io.strongroom.custody.audit.AuditVerdict;
import io.strongroom.custody.audit.AuditVerdict.Broken;
import io.strongroom.custody.audit.AuditVerdict.Intact;
import io.strongroom.custody.audit.AuditVerdict.Tampering;
import io.strongroom.hsm.Hsm;
import io.strongroom.softhsm.SoftHsmExtension;
import io.strongroom.softhsm.SoftHsmToken;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;
import java.util.Map;
import java.util.function.Consumer;
import java.util.stream.Stream;
import org.junit.jupiter.api.AfterAll;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.TestInstance;
import org.junit.jupiter.api.extension.ExtendWith;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.MethodSource;

/**
 * One real trail of twelve records with checkpoints at 4 and 8 and 12, and everything that somebody
 * can do to a copy of it. The table is that of docs/custody/audit.md, which this test reads.
 */
@ExtendWith({SoftHsmExtension.class, StoreExtension.class})
@TestInstance(TestInstance.Lifecycle.PER_CLASS)
class TamperTest {

  private static final Path PAGE = Path.of("..", "docs", "custody", "audit.md");

  private Path dir;
  private TestStore store;
  private Hsm hsm;
  private TestCustody test;
  private AuditKey key;
  private AuditCheck.Head head;
  private String backup;

  /**
   * One way to tamper.
   *
   * @param said what verify says, as the documentation has it
   * @param by who notices: the public key alone, or only somebody with more
   */
  record Row(String what, Consumer<Forger> how, long sequence, Tampering said, String by) {
    @Override
    public String toString() {
      return what;
    }

    String line() {
      return "| %s | %d | `%s` | %s |".formatted(what, sequence, said, by);
    }
  }

  @BeforeAll
  void trail(SoftHsmToken token, TestStore where, @TempDir Path folder) {
    dir = folder;
    store = where;
    hsm = Hsm.open(token.url());
    test = new TestCustody(hsm, store, dir);
    KeyService keys = test.keys();
    String id = TestCustody.id(keys.createKey(KeyRequest.generated().withAlias("alias/a")));
    for (int i = 0; i < 3; i++) {
      keys.encrypt("alias/a", new byte[i], Map.of());
    }
    test.reopen();
    for (int i = 0; i < 4; i++) {
      test.keys().encrypt(id, new byte[i], Map.of("n", "" + i));
    }
    test.reopen();
    backup = copy();
    for (int i = 0; i < 4; i++) {
      test.keys().encrypt(id, new byte[i], Map.of());
    }
    test.reopen();
    key = test.custody().audit().keys().getFirst();
    Intact intact = (Intact) test.custody().audit().verify();
    head = new AuditCheck.Head(intact.count(), intact.headHash());
  }

  @AfterAll
  void close() {
    test.close();
    hsm.close();
  }

  static Stream<Row> rows() {
    return Stream.of(
        key(
            "a record altered",
            6,
            Tampering.ALTERED,
            "UPDATE audit SET principal = 'bob' WHERE seq = 6"),
        new Row(
            "a record altered and given its own hash",
            forger -> {
              forger.execute("UPDATE audit SET principal = 'bob' WHERE seq = 6");
              forger.hashAnew(6);
            },
            6,
            Tampering.ALTERED,
            "public key"),
        key("a record removed", 6, Tampering.REMOVED, "DELETE FROM audit WHERE seq = 6"),
        key(
            "a record removed, those behind it numbered anew",
            6,
            Tampering.REMOVED,
            "DELETE FROM audit WHERE seq = 6",
            "UPDATE audit SET seq = seq - 1 WHERE seq > 6"),
        new Row(
            "a record inserted, with fitting link and hash",
            forger -> {
              room(forger, 6);
              forger.execute(
                  "INSERT INTO audit SELECT 6, time_ms, 'mallory', operation, key_id, alias,"
                      + " result, nodes, details, checkpoint_seq,"
                      + " (SELECT hash FROM audit WHERE seq = 5), hash FROM audit WHERE seq = 5");
              forger.hashAnew(6);
            },
            6,
            Tampering.INSERTED,
            "public key"),
        key(
            "two records exchanged",
            5,
            Tampering.REORDERED,
            "UPDATE audit SET seq = 99 WHERE seq = 5",
            "UPDATE audit SET seq = 5 WHERE seq = 7",
            "UPDATE audit SET seq = 7 WHERE seq = 99"),
        key("records cut off the end", 11, Tampering.TRUNCATED, "DELETE FROM audit WHERE seq > 10"),
        key("all records removed", 1, Tampering.TRUNCATED, "DELETE FROM audit"),
        new Row(
            "records written anew, hashes and all",
            forger -> {
              forger.execute("UPDATE audit SET principal = 'bob' WHERE seq = 6");
              forger.hashAnewFrom(6);
            },
            5,
            Tampering.REWRITTEN,
            "public key"),
        key(
            "a checkpoint altered",
            8,
            Tampering.CHECKPOINT_FORGED,
            "UPDATE audit_checkpoint SET time_ms = time_ms + 1 WHERE seq = 8"),
        key(
            "a checkpoint removed",
            8,
            Tampering.CHECKPOINT_REMOVED,
            "DELETE FROM audit_checkpoint WHERE seq = 8"),
        key(
            "a checkpoint's signature taken off",
            8,
            Tampering.CHECKPOINT_FORGED,
            "UPDATE audit_checkpoint SET signature = '', signed_by = '' WHERE seq = 8"),
        new Row(
            "records written anew, checkpoints forged for them",
            forger -> {
              forger.execute("UPDATE audit SET principal = 'bob' WHERE seq = 6");
              forger.hashAnewFrom(6);
              forger.execute(
                  "UPDATE audit_checkpoint SET hash ="
                      + " (SELECT hash FROM audit WHERE audit.seq = audit_checkpoint.seq)");
            },
            8,
            Tampering.CHECKPOINT_FORGED,
            "public key"),
        new Row(
            "records and checkpoints cut off the end together",
            forger ->
                forger.execute(
                    "DELETE FROM audit WHERE seq > 8",
                    "DELETE FROM audit_checkpoint WHERE seq > 8"),
            9,
            Tampering.ROLLED_BACK,
            "the HSM, or a head noted elsewhere"),
        new Row(
            "the whole chain written anew, without any checkpoint",
            forger -> {
              forger.execute(
                  "DELETE FROM audit_checkpoint",
                  "UPDATE audit SET checkpoint_seq = 0, principal = 'bob'");
              forger.hashAnewFrom(1);
            },
            1,
            Tampering.REWRITTEN,
            "the HSM, or a head noted elsewhere"));
  }

  @Test
  void verify_untouched_isIntact() {
    String copy = copy();
    assertThat(verify(copy, true, AuditCheck.PLAIN)).isInstanceOf(Intact.class);
    assertThat(verify(copy, false, AuditCheck.PLAIN.withKey(key))).isInstanceOf(Intact.class);
    assertThat(verify(copy, false, AuditCheck.PLAIN.withHead(head.count(), head.hash())))
        .isInstanceOf(Intact.class);
  }

  @ParameterizedTest
  @MethodSource("rows")
  void verify_tampered_namesTheRecordAndWhatWasDone(Row row) {
    String copy = copy();
    try (Forger forger = new Forger(store.connect(copy))) {
      row.how().accept(forger);
    }
    assertBroken(verify(copy, true, AuditCheck.PLAIN), row, row.said());
    AuditCheck check = AuditCheck.PLAIN.withKey(key);
    if (row.by().equals("public key")) {
      assertBroken(verify(copy, false, check), row, row.said());
    } else {
      assertThat(verify(copy, false, check)).isInstanceOf(Intact.class);
      Tampering noted = row.said() == Tampering.ROLLED_BACK ? Tampering.TRUNCATED : row.said();
      assertBroken(verify(copy, false, check.withHead(head.count(), head.hash())), row, noted);
    }
  }

  @Test
  void verify_olderBackup_isRolledBack() {
    assertThat(verify(backup, true, AuditCheck.PLAIN))
        .isInstanceOfSatisfying(
            Broken.class,
            broken -> {
              assertThat(broken.what()).isEqualTo(Tampering.ROLLED_BACK);
              assertThat(broken.sequence()).isEqualTo(9);
              assertThat(broken.explanation()).contains("ends at record 8").contains("12");
            });
  }

  @Test
  void documentation_tamperTable_isThisOne() throws IOException {
    List<String> page = Files.readAllLines(PAGE);
    assertThat(page).containsAll(rows().map(Row::line).toList());
  }

  private static Row key(String what, long sequence, Tampering said, String... sql) {
    return new Row(what, forger -> forger.execute(sql), sequence, said, "public key");
  }

  private static void room(Forger forger, long at) {
    forger.execute(
        "UPDATE audit SET seq = seq + 1000 WHERE seq >= " + at,
        "UPDATE audit SET seq = seq - 999 WHERE seq >= 1000");
  }

  private static void assertBroken(AuditVerdict verdict, Row row, Tampering what) {
    assertThat(verdict)
        .isInstanceOfSatisfying(
            Broken.class,
            broken -> {
              assertThat(broken.what()).as(broken.explanation()).isEqualTo(what);
              assertThat(broken.sequence()).as(broken.explanation()).isEqualTo(row.sequence());
            });
  }

  private AuditVerdict verify(String url, boolean withHsm, AuditCheck check) {
    try (Audits audits = Audits.open(url, withHsm ? hsm : null)) {
      return audits.trail().verify(check);
    }
  }

  private String copy() {
    return store.copy(test.storeUrl(), dir);
  }
}
