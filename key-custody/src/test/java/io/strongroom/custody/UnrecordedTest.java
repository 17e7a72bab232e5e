package io.strongroom.custody;

import static io.strongroom.custody.TestCustody.id;
import static org.assertj.core.api.Assertions.assertThat;

import io.strongroom.custody.audit.AuditRecord;
import io.strongroom.custody.audit.AuditTrail;
import io.strongroom.custody.audit.AuditVerdict;
import io.strongroom.hsm.Hsm;
import io.strongroom.hsm.KeyInfo;
import io.strongroom.softhsm.SoftHsmExtension;
import io.strongroom.softhsm.SoftHsmToken;
import io.strongroom.softhsm.TokenProcess;
import java.nio.file.Path;
import java.time.Clock;
import java.time.Duration;
import java.util.List;
import java.util.Set;
import java.util.stream.Collectors;
import java.util.stream.Stream;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.extension.ExtendWith;
import org.junit.jupiter.api.io.TempDir;

/** A process under load is killed: what it answered, and what it did, is on record. */
@ExtendWith(SoftHsmExtension.class)
class UnrecordedTest {

  private static final Duration LIMIT = Duration.ofMinutes(2);

  @TempDir Path dir;

  @Test
  void killUnderLoad_everyAnswerAndEveryKey_isRecorded(SoftHsmToken token) throws Exception {
    String storeUrl = "sqlite:" + dir.resolve("custody.db");
    String key;
    try (Hsm hsm = Hsm.open(token.url());
        Custody custody = Custody.open(hsm, storeUrl, Clock.systemUTC())) {
      key = id(custody.as("alice").createKey(KeyRequest.generated()));
    }
    List<String> answers = answersUntilKilled(token, storeUrl, key);
    try (Hsm hsm = Hsm.open(token.url())) {
      Set<String> beforeRepair = keysInHsm(hsm);
      try (Custody custody = Custody.open(hsm, storeUrl, Clock.systemUTC())) {
        AuditTrail audit = custody.audit();
        assertThat(audit.verify()).isInstanceOf(AuditVerdict.Intact.class);
        List<AuditRecord> records = all(audit);
        assertThat(details(records, "encrypt")).containsAll(numbers(answers, "encrypted "));
        assertThat(records.stream().filter(r -> r.result().startsWith("bad-input")).count())
            .isGreaterThanOrEqualTo(numbers(answers, "refused ").size());
        Set<String> created = keyIds(records, "createKey");
        assertThat(created).containsAll(numbers(answers, "created "));
        // What was being made at that moment was written down as an intent, and is gone now.
        assertThat(keysInHsm(hsm)).isEqualTo(created);
        assertThat(beforeRepair).containsAll(created);
      }
    }
  }

  private List<String> answersUntilKilled(SoftHsmToken token, String storeUrl, String key)
      throws InterruptedException {
    try (TokenProcess process =
        TokenProcess.start(token, LoadedMain.class, token.url(), storeUrl, key)) {
      process.awaitLine(line -> line.startsWith("encrypted 1-20"), LIMIT);
      process.awaitLine(line -> line.startsWith("encrypted 0-5"), LIMIT);
      process.close();
      assertThat(process.awaitExit(LIMIT)).isNotZero();
      // The last line may have been cut in the middle.
      List<String> lines = process.output();
      return lines.subList(0, lines.size() - 1);
    }
  }

  private static List<String> numbers(List<String> answers, String what) {
    List<String> numbers =
        answers.stream()
            .filter(line -> line.startsWith(what))
            .map(line -> line.substring(what.length()))
            .toList();
    assertThat(numbers).as(what).isNotEmpty();
    return numbers;
  }

  private static Set<String> details(List<AuditRecord> records, String operation) {
    return records.stream()
        .filter(r -> r.operation().equals(operation) && r.result().equals("ok"))
        .map(r -> r.details().get("context.number"))
        .collect(Collectors.toSet());
  }

  private static Set<String> keyIds(List<AuditRecord> records, String operation) {
    return records.stream()
        .filter(r -> r.operation().equals(operation) && r.result().equals("ok"))
        .map(AuditRecord::keyId)
        .collect(Collectors.toSet());
  }

  /** Of each CMK that has material in the HSM, its id. */
  private static Set<String> keysInHsm(Hsm hsm) {
    return hsm.keys().stream()
        .map(KeyInfo::label)
        .filter(label -> label.startsWith("cmk/"))
        .map(label -> label.split("/", -1)[1])
        .collect(Collectors.toSet());
  }

  private static List<AuditRecord> all(AuditTrail audit) {
    return Stream.iterate(
            audit.since(0), part -> !part.isEmpty(), part -> audit.since(part.getLast().sequence()))
        .flatMap(List::stream)
        .toList();
  }
}
