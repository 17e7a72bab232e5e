package io.strongroom.custody;

import static io.strongroom.custody.TestCustody.id;
import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import io.strongroom.custody.CustodyException.Reason;
import io.strongroom.custody.audit.AuditCheck;
import io.strongroom.custody.audit.AuditKey;
import io.strongroom.custody.audit.AuditRecord;
import io.strongroom.custody.audit.AuditVerdict.Broken;
import io.strongroom.custody.audit.AuditVerdict.Intact;
import io.strongroom.custody.audit.AuditVerdict.Tampering;
import io.strongroom.custody.chain.CheckpointSchedule;
import io.strongroom.hsm.Hsm;
import io.strongroom.hsm.HsmException;
import io.strongroom.hsm.KeyInfo;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.sql.Connection;
import java.sql.DriverManager;
import java.sql.Statement;
import java.time.Duration;
import java.util.List;
import java.util.Map;
import java.util.UUID;
import java.util.concurrent.atomic.AtomicInteger;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

/** Signed checkpoints, when they are written, and what the HSM remembers of them. */
class CheckpointTest extends TokenTest {

  @TempDir Path dir;

  @Test
  void key_inTheHsm_isAPairThatNeverLeaves() {
    keys.listAliases();
    test.reopen();
    KeyInfo pair = hsm.key(test.labels("custody/audit-sign/").getFirst());
    assertThat(pair.type()).hasToString("EC_256");
    assertThat(hsm.attemptExport(pair.id())).allMatch(attempt -> attempt.refused());
    AuditKey key = test.custody().audit().keys().getFirst();
    assertThat(key.publicKey()).isEqualTo(pair.publicKey());
    assertThat(AuditKey.fromPem(key.toPem())).isEqualTo(key);
  }

  @Test
  void signature_ofACheckpoint_isVerifiedByOpenSsl() throws Exception {
    keys.listAliases();
    test.reopen();
    Path pem = dir.resolve("audit.pem");
    Path text = dir.resolve("text");
    Path signature = dir.resolve("signature");
    Files.writeString(pem, test.custody().audit().keys().getFirst().toPem());
    try (Connection connection = DriverManager.getConnection("jdbc:sqlite:" + test.storeFile());
        Statement statement = connection.createStatement();
        var row =
            statement.executeQuery(
                "SELECT value, seq, hash, time_ms, signature FROM audit_checkpoint, meta"
                    + " WHERE name = 'store-id'")) {
      row.next();
      Files.writeString(
          text,
          "strongroom audit checkpoint 2\n%s\n%s\n%s\n%s\n"
              .formatted(row.getString(1), row.getString(2), row.getString(3), row.getString(4)));
      Files.write(signature, java.util.HexFormat.of().parseHex(row.getString(5)));
    }
    Process openssl =
        new ProcessBuilder(
                "openssl",
                "dgst",
                "-sha256",
                "-verify",
                pem.toString(),
                "-signature",
                signature.toString(),
                text.toString())
            .redirectErrorStream(true)
            .start();
    assertThat(new String(openssl.getInputStream().readAllBytes(), StandardCharsets.UTF_8))
        .contains("Verified OK");
  }

  @Test
  void verify_withAnotherKey_saysForged() {
    keys.listAliases();
    test.reopen();
    AuditKey other;
    try (TestCustody stranger = new TestCustody(hsm, dir)) {
      stranger.keys().listAliases();
      stranger.reopen();
      other = stranger.custody().audit().keys().getFirst();
    }
    assertThat(test.custody().audit().verify(AuditCheck.PLAIN.withKey(other)))
        .isInstanceOfSatisfying(
            Broken.class,
            broken -> assertThat(broken.what()).isEqualTo(Tampering.CHECKPOINT_FORGED));
  }

  @Test
  void checkpoint_aMinuteAfterARecord_isWrittenInTheBackground() {
    ManualBackground background = new ManualBackground();
    try (Custody custody = Custody.open(hsm, test.storeUrl(), test.clock, background)) {
      custody.as("bob").listAliases();
      custody.as("bob").listAliases();
      assertThat(background.delays()).containsExactly(CheckpointSchedule.INTERVAL);
      assertThat(checkpointed(custody)).isZero();
      background.run();
      assertThat(checkpointed(custody)).isEqualTo(2);
      custody.as("bob").listAliases();
      assertThat(background.delays()).hasSize(2);
      background.run();
      assertThat(checkpointed(custody)).isEqualTo(3);
      background.run();
      assertThat(background.delays()).hasSize(2);
    }
  }

  @Test
  void schedule_manyRecords_hasACheckpointWrittenEveryTenThousand() {
    ManualBackground background = new ManualBackground();
    AtomicInteger written = new AtomicInteger();
    CheckpointSchedule schedule = new CheckpointSchedule(written::incrementAndGet, background);
    for (long i = 0; i < CheckpointSchedule.RECORDS; i++) {
      schedule.recorded();
    }
    assertThat(background.delays()).containsExactly(CheckpointSchedule.INTERVAL, Duration.ZERO);
    background.run();
    assertThat(written).hasValue(1);
    schedule.close();
    assertThat(written).hasValue(1);
  }

  @Test
  void schedule_checkpointFails_isTriedAgainLaterAndAtTheEnd() {
    ManualBackground background = new ManualBackground();
    AtomicInteger tries = new AtomicInteger();
    Runnable failing =
        () -> {
          if (tries.incrementAndGet() < 3) {
            throw new HsmException.DeviceUnavailable("the device went away, as arranged");
          }
        };
    CheckpointSchedule schedule = new CheckpointSchedule(failing, background);
    schedule.recorded();
    background.run();
    assertThat(background.delays()).hasSize(2);
    background.run();
    schedule.close();
    assertThat(tries).hasValue(3);
  }

  @Test
  void witness_afterEveryCheckpoint_isAtItsRecord() {
    for (long i = 1; i <= 3; i++) {
      test.keys().listAliases();
      test.reopen();
      assertThat(witnesses()).contains(i).hasSizeLessThanOrEqualTo(2);
    }
  }

  @ParameterizedTest
  @ValueSource(
      strings = {"before:destroy:1", "after:destroy:1", "before:create:1", "after:create:1"})
  void witness_killedOnTheWay_vouchesForTheOneBeforeOrTheNewOne(String where) throws Exception {
    for (int i = 0; i < 2; i++) {
      test.keys().listAliases();
      test.reopen();
    }
    Path backup = backup();
    Runnable crash =
        () -> {
          throw new Error("as arranged");
        };
    Custody crashing = Custody.open(HookedHsm.wrap(hsm, where, crash), test.storeUrl(), test.clock);
    crashing.as("bob").listAliases();
    assertThatThrownBy(crashing::close).isInstanceOf(Error.class);
    assertThat(witnesses()).isNotEmpty().contains(where.equals("after:create:1") ? 3L : 2L);
    test.reopen();
    test.keys().listAliases();
    test.reopen();
    assertThat(witnesses()).contains(4L);
    assertRolledBack(backup);
  }

  @Test
  void open_olderBackup_isRefusedAndSaysWhatToDo() throws Exception {
    keys.createKey(KeyRequest.generated());
    test.reopen();
    Path backup = backup();
    for (int i = 0; i < 3; i++) {
      test.keys().listAliases();
    }
    test.reopen();
    assertRolledBack(backup);
    assertThatThrownBy(() -> Custody.open(hsm, "sqlite:" + backup, test.clock))
        .hasMessageContaining("the store ends at record 1, the HSM has vouched for 4")
        .hasMessageContaining("custody accept-restore");
  }

  @Test
  void open_olderBackupThatWasWrittenOn_isRefusedAllTheSame() throws Exception {
    keys.listAliases();
    test.reopen();
    Path backup = backup();
    test.keys().listAliases();
    test.reopen();
    Runnable away =
        () -> {
          throw new HsmException.DeviceUnavailable("the device went away, as arranged");
        };
    Hsm silent = HookedHsm.wrap(hsm, "before:keyByLabel:1", away);
    try (Custody custody = Custody.open(silent, "sqlite:" + backup, test.clock)) {
      for (int i = 0; i < 5; i++) {
        custody.as("mallory").listAliases();
      }
    }
    assertRolledBack(backup);
    test.reopen();
  }

  @Test
  void acceptRestore_olderBackup_isRecordedAndLetsItOpen() throws Exception {
    String cmk = id(keys.createKey(KeyRequest.generated().withAlias("alias/a")));
    test.reopen();
    Path backup = backup();
    byte[] sealed = test.keys().encrypt(cmk, new byte[3], Map.of()).encode();
    test.reopen();
    Custody.acceptRestore(hsm, "sqlite:" + backup, test.clock, "carol", "the disk died");
    try (Custody custody = Custody.open(hsm, "sqlite:" + backup, test.clock)) {
      AuditRecord record = custody.audit().tail(1).getFirst();
      assertThat(record.principal()).isEqualTo("carol");
      assertThat(record.operation()).isEqualTo("acceptRestore");
      assertThat(record.details())
          .containsOnly(
              Map.entry("reason", "the disk died"),
              Map.entry("storeEndedAt", "1"),
              Map.entry("hsmVouchedFor", "2"));
      assertThat(custody.as("alice").decrypt(sealed, Map.of())).hasSize(3);
      assertThat(custody.audit().verify()).isInstanceOf(Intact.class);
    }
    // The newer one is now the one that was left behind.
    assertRolledBack(test.storeFile());
  }

  @ParameterizedTest
  @ValueSource(strings = {"before:destroy:1", "after:destroy:1", "before:create:1"})
  void acceptRestore_killedOnTheWay_canBeRepeatedOrIsDone(String where) throws Exception {
    for (int i = 0; i < 2; i++) {
      test.keys().listAliases();
      test.reopen();
    }
    Path backup = backup();
    for (int i = 0; i < 2; i++) {
      test.keys().listAliases();
      test.reopen();
    }
    Runnable crash =
        () -> {
          throw new Error("as arranged");
        };
    Hsm crashing = HookedHsm.wrap(hsm, where, crash);
    assertThatThrownBy(() ->
            Custody.acceptRestore(crashing, "sqlite:" + backup, test.clock, "carol", "a test"))
        .isInstanceOf(Error.class);
    try {
      Custody.acceptRestore(hsm, "sqlite:" + backup, test.clock, "carol", "again");
    } catch (CustodyException.Refused e) {
      assertThat(e.reason()).isEqualTo(Reason.NOT_ROLLED_BACK);
    }
    try (Custody custody = Custody.open(hsm, "sqlite:" + backup, test.clock)) {
      assertThat(custody.audit().verify()).isInstanceOf(Intact.class);
    }
  }

  @Test
  void acceptRestore_storeThatIsNotOlder_isRefusedAndRecorded() {
    keys.listAliases();
    test.reopen();
    assertThatThrownBy(
            () -> Custody.acceptRestore(hsm, test.storeUrl(), test.clock, "carol", "no reason"))
        .isInstanceOfSatisfying(
            CustodyException.Refused.class,
            e -> assertThat(e.reason()).isEqualTo(Reason.NOT_ROLLED_BACK));
    assertThat(test.lastRecord().result()).isEqualTo("refused NOT_ROLLED_BACK");
  }

  @Test
  void close_userWhoMayMakeNoKeys_stillSigns() {
    keys.listAliases();
    test.reopen();
    Runnable denied =
        () -> {
          throw new HsmException.AccessDenied("users make no keys, as arranged");
        };
    Hsm user = HookedHsm.wrap(hsm, "before:create:1", denied);
    try (Custody custody = Custody.open(user, test.storeUrl(), test.clock)) {
      custody.as("bob").listAliases();
    }
    assertThat(checkpointed(test.custody())).isEqualTo(2);
    assertThat(witnesses()).containsExactly(1L);
  }

  private static long checkpointed(Custody custody) {
    return ((Intact) custody.audit().verify()).checkpointed();
  }

  private List<Long> witnesses() {
    return test.labels("custody/audit-witness/").stream()
        .map(label -> hsm.key(label).id().high())
        .toList();
  }

  private void assertRolledBack(Path store) {
    assertThatThrownBy(() -> Custody.open(hsm, "sqlite:" + store, test.clock))
        .isInstanceOfSatisfying(
            CustodyException.Refused.class,
            e -> assertThat(e.reason()).isEqualTo(Reason.ROLLED_BACK));
  }

  private Path backup() throws Exception {
    Path copy = dir.resolve(UUID.randomUUID() + ".db");
    try (Connection connection = DriverManager.getConnection("jdbc:sqlite:" + test.storeFile());
        Statement statement = connection.createStatement()) {
      statement.execute("VACUUM INTO '" + copy + "'");
    }
    return copy;
  }
}
