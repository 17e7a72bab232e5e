package io.strongroom.custody;

import static io.strongroom.custody.TestCustody.id;
import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.ObjectMapper;
import io.strongroom.custody.audit.AuditCheck;
import io.strongroom.custody.audit.AuditKey;
import io.strongroom.custody.audit.AuditRange;
import io.strongroom.custody.audit.AuditVerdict;
import io.strongroom.custody.audit.AuditVerdict.Broken;
import io.strongroom.custody.audit.AuditVerdict.Intact;
import io.strongroom.custody.audit.AuditVerdict.Tampering;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.util.ArrayList;
import java.util.Collections;
import java.util.List;
import java.util.Map;
import java.util.function.UnaryOperator;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;

/** A trail of six records with checkpoints at 3 and 6, exported and verified alone. */
class AuditExportTest extends TokenTest {

  private static final Path PAGE = Path.of("..", "docs", "custody", "audit.md");

  @TempDir Path dir;
  private CmkDescription cmk;
  private AuditKey key;

  @BeforeEach
  void trail() {
    cmk = keys.createKey(KeyRequest.generated().withAlias("alias/a"));
    byte[] sealed = keys.encrypt("alias/a", new byte[5], Map.of("invoice", "4711")).encode();
    assertThatThrownBy(() -> keys.decrypt(sealed, Map.of())).isInstanceOf(CustodyException.class);
    test.reopen();
    test.clock.advance(Duration.ofHours(1));
    test.keys().disable(id(cmk));
    test.keys().listKeys();
    test.custody().as("bob – \"the\" other").deleteAlias("alias/a");
    test.reopen();
    key = test.custody().audit().keys().getFirst();
  }

  @Test
  void export_all_hasEachRecordAndCheckpointInOrder() throws Exception {
    assertThat(export(AuditRange.ALL))
        .map(line -> event(line).path("eventName").asText())
        .containsExactly(
            "CreateKey",
            "Encrypt",
            "Decrypt",
            "AuditCheckpoint",
            "DisableKey",
            "ListKeys",
            "DeleteAlias",
            "AuditCheckpoint");
  }

  @Test
  void export_encryption_hasCloudTrailsFields() throws Exception {
    JsonNode event = event(export(AuditRange.ALL).get(1));
    assertThat(event.path("eventTime").asText()).isEqualTo("2026-11-21T12:00:00Z");
    assertThat(event.path("userIdentity").path("userName").asText()).isEqualTo("alice");
    assertThat(event.at("/requestParameters/keyId").asText()).isEqualTo("alias/a");
    assertThat(event.at("/requestParameters/encryptionContext/invoice").asText()).isEqualTo("4711");
    assertThat(event.path("responseElements").isNull()).isTrue();
    assertThat(event.path("readOnly").asBoolean()).isTrue();
    assertThat(event.path("managementEvent").asBoolean()).isTrue();
    assertThat(event.path("eventType").asText()).isEqualTo("StrongroomApiCall");
    assertThat(event.at("/resources/0/ARN").asText()).endsWith(":key/" + id(cmk));
    assertThat(event.has("errorCode")).isFalse();
    assertThat(event.path("eventID").asText()).matches("[0-9a-f-]{36}");
    assertThat(event.path("requestID")).isNotEqualTo(event.path("eventID"));
  }

  @Test
  void export_refusalAndChange_haveReasonAndAnswer() throws Exception {
    List<String> lines = export(AuditRange.ALL);
    assertThat(event(lines.get(2)).path("errorCode").asText()).isEqualTo("AUTHENTICATION");
    assertThat(event(lines.get(2)).path("errorMessage").asText())
        .isEqualTo("authentication-failed");
    assertThat(event(lines.get(4)).at("/responseElements/keyId").asText()).isEqualTo(id(cmk));
    assertThat(event(lines.get(4)).path("readOnly").asBoolean()).isFalse();
  }

  @Test
  void verifyExport_untouched_isIntactWithTheKeyAlone() throws Exception {
    Path file = file(export(AuditRange.ALL));
    assertThat(Audits.verifyExport(file, AuditCheck.PLAIN.withKey(key)))
        .isInstanceOfSatisfying(
            Intact.class,
            intact -> {
              assertThat(intact.count()).isEqualTo(6);
              assertThat(intact.checkpointed()).isEqualTo(6);
            });
    assertThat(Audits.verifyExport(file, AuditCheck.PLAIN).scope().notChecked())
        .anyMatch(line -> line.contains("give --public-key"));
  }

  @Test
  void verifyExport_partByNumberAndByTime_saysWhatIsNotInIt() throws Exception {
    Path numbers = file(export(new AuditRange(2, 4, null, null)));
    AuditVerdict verdict = Audits.verifyExport(numbers, AuditCheck.PLAIN.withKey(key));
    assertThat(verdict)
        .isInstanceOfSatisfying(
            Intact.class,
            intact -> {
              assertThat(intact.count()).isEqualTo(4);
              assertThat(intact.checkpointed()).isEqualTo(3);
              assertThat(intact.scope().notChecked())
                  .anyMatch(line -> line.startsWith("records 1 to 1"))
                  .anyMatch(line -> line.startsWith("whether records 4 to 4"));
            });
    Path later =
        file(
            export(
                new AuditRange(
                    1, Long.MAX_VALUE, TestCustody.START.plus(Duration.ofMinutes(1)), null)));
    assertThat(Files.readAllLines(later)).hasSize(4);
    assertThat(Audits.verifyExport(later, AuditCheck.PLAIN.withKey(key)))
        .isInstanceOf(Intact.class);
  }

  @ParameterizedTest
  @CsvSource({
    "an event's name,          1, Encrypt,      Decrypt,      2, EXPORT_ALTERED",
    "a principal shown,        1, userName,     nickName,     2, EXPORT_ALTERED",
    "who did it throughout,    1, alice,        carol,        2, ALTERED",
    "a hash,                   1, '\"hash\":\"', '\"hash\":\"f', 2, EXPORT_ALTERED",
    "a time in milliseconds,   5, '\"timeMillis\":17', '\"timeMillis\":18', 5, EXPORT_ALTERED",
    "a checkpoint's time,      3, '\"timeMillis\":1795262400000', '\"timeMillis\":1795262400001', 3, CHECKPOINT_FORGED",
  })
  void verifyExport_lineEdited_namesTheRecord(
      String what, int line, String from, String to, long sequence, Tampering said)
      throws Exception {
    assertBroken(sequence, said, edited(line, text -> text.replace(from, to)));
  }

  @Test
  void verifyExport_linesRemovedOrExchangedOrFromElsewhere_areFound() throws Exception {
    List<String> lines = export(AuditRange.ALL);
    List<String> without = new ArrayList<>(lines);
    without.remove(1);
    assertBroken(2, Tampering.REMOVED, file(without));
    List<String> exchanged = new ArrayList<>(lines);
    Collections.swap(exchanged, 1, 2);
    assertBroken(2, Tampering.REMOVED, file(exchanged));
    List<String> withoutCheckpoint = new ArrayList<>(lines);
    withoutCheckpoint.remove(3);
    assertBroken(3, Tampering.CHECKPOINT_REMOVED, file(withoutCheckpoint));
    assertBroken(6, Tampering.TRUNCATED, file(without(lines, 6)));
    try (TestCustody stranger = new TestCustody(hsm, dir)) {
      stranger.keys().listAliases();
      stranger.custody().audit().export(AuditRange.ALL, lines::addFirst);
    }
    assertBroken(1, Tampering.EXPORT_ALTERED, file(lines));
  }

  @Test
  void verifyExport_fileThatIsNone_isBadInput() throws Exception {
    for (List<String> lines : List.of(List.<String>of(), List.of("{}"), List.of("nonsense"))) {
      Path file = file(lines);
      assertThatThrownBy(() -> Audits.verifyExport(file, AuditCheck.PLAIN))
          .isInstanceOf(CustodyException.BadInput.class);
    }
  }

  @Test
  void documentation_programInPython_agrees() throws Exception {
    String page = Files.readString(PAGE);
    int begin = page.indexOf("```python\n") + "```python\n".length();
    Path program = dir.resolve("verify.py");
    Files.writeString(program, page.substring(begin, page.indexOf("```", begin)));
    Path pem = dir.resolve("audit.pem");
    Files.writeString(pem, key.toPem());
    List<String> lines = export(AuditRange.ALL);
    Intact intact = (Intact) test.custody().audit().verify();
    assertThat(python(program, file(lines), pem))
        .isEqualTo("6 records, 6 of them vouched for, head %s%n".formatted(intact.headHash()));
    assertThat(python(program, edited(1, line -> line.replace("alice", "carol")), pem))
        .startsWith("record 2 was touched");
    assertThat(python(program, edited(3, line -> line.replace("1795262400000", "1")), pem))
        .startsWith("checkpoint 3 is forged");
  }

  private String python(Path program, Path export, Path pem) throws Exception {
    Process python =
        new ProcessBuilder("python3", program.toString(), export.toString(), pem.toString())
            .redirectErrorStream(true)
            .start();
    return new String(python.getInputStream().readAllBytes(), StandardCharsets.UTF_8);
  }

  private void assertBroken(long sequence, Tampering said, Path file) {
    assertThat(Audits.verifyExport(file, AuditCheck.PLAIN.withKey(key)))
        .isInstanceOfSatisfying(
            Broken.class,
            broken -> {
              assertThat(broken.what()).as(broken.explanation()).isEqualTo(said);
              assertThat(broken.sequence()).as(broken.explanation()).isEqualTo(sequence);
            });
  }

  private Path edited(int line, UnaryOperator<String> edit) throws Exception {
    List<String> lines = export(AuditRange.ALL);
    String before = lines.get(line);
    lines.set(line, edit.apply(before));
    assertThat(lines.get(line)).isNotEqualTo(before);
    return file(lines);
  }

  private static List<String> without(List<String> lines, int index) {
    List<String> rest = new ArrayList<>(lines);
    rest.remove(index);
    return rest;
  }

  private List<String> export(AuditRange range) {
    List<String> lines = new ArrayList<>();
    test.custody().audit().export(range, lines::add);
    return lines;
  }

  private Path file(List<String> lines) throws Exception {
    return Files.write(Files.createTempFile(dir, "export", ".jsonl"), lines);
  }

  private static JsonNode event(String line) {
    try {
      return new ObjectMapper().readTree(line);
    } catch (com.fasterxml.jackson.core.JsonProcessingException e) {
      throw new IllegalStateException(e);
    }
  }
}
