package io.strongroom.custody;

import static io.strongroom.custody.TestCustody.id;
import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import io.strongroom.custody.audit.AuditFilter;
import io.strongroom.custody.audit.AuditRecord;
import io.strongroom.custody.audit.AuditTrail;
import io.strongroom.custody.audit.AuditVerdict;
import io.strongroom.custody.audit.AuditVerdict.Intact;
import java.nio.file.Path;
import java.time.Duration;
import java.util.List;
import java.util.Map;
import java.util.concurrent.Callable;
import java.util.concurrent.ExecutorService;
import java.util.concurrent.Executors;
import java.util.concurrent.Future;
import java.util.stream.IntStream;
import org.junit.jupiter.api.Test;

class AuditTest extends TokenTest {

  @Test
  void record_encrypt_saysWhoWhatWhichWhen() {
    CmkDescription cmk = keys.createKey(KeyRequest.generated().withAlias("alias/a"));
    test.custody().as("bob").encrypt("alias/a", new byte[5], Map.of("invoice", "4711"));
    AuditRecord record = test.lastRecord();
    assertThat(record.principal()).isEqualTo("bob");
    assertThat(record.operation()).isEqualTo("encrypt");
    assertThat(record.keyId()).isEqualTo(id(cmk));
    assertThat(record.alias()).isEqualTo("alias/a");
    assertThat(record.time()).isEqualTo(TestCustody.START);
    assertThat(record.result()).isEqualTo("ok");
    assertThat(record.nodes()).containsExactly("test");
    assertThat(record.details())
        .containsOnly(
            Map.entry("bytes", "5"),
            Map.entry("context.invoice", "4711"),
            Map.entry("version", "1"));
  }

  @Test
  void record_create_saysWhere() {
    keys.createKey(KeyRequest.generated());
    assertThat(test.lastRecord().nodes()).containsExactly("test");
  }

  @Test
  void record_refusedCall_isThereWithItsReason() {
    CmkDescription cmk = keys.createKey(KeyRequest.generated());
    keys.disable(id(cmk));
    assertThatThrownBy(() -> keys.encrypt(id(cmk), new byte[1], Map.of()))
        .isInstanceOf(CustodyException.class);
    assertThat(test.lastRecord().result()).isEqualTo("refused KEY_STATE");
    assertThat(test.lastRecord().keyId()).isEqualTo(id(cmk));
    assertThatThrownBy(() -> keys.describe("nonsense")).isInstanceOf(CustodyException.class);
    assertThat(test.lastRecord().result()).isEqualTo("bad-input MALFORMED");
    assertThatThrownBy(() -> keys.describe("alias/none")).isInstanceOf(CustodyException.class);
    assertThat(test.lastRecord().result()).isEqualTo("not-found NO_SUCH_ALIAS");
  }

  @Test
  void record_ofACallForAKeyThatDoesNotExist_saysWhich() {
    String unknown = "6b2e0b1c-4a35-4a7b-9a60-0f6a5d1c2b3a";
    assertThatThrownBy(() -> keys.encrypt(unknown, new byte[1], Map.of()))
        .isInstanceOf(CustodyException.NotFound.class);
    assertThat(test.lastRecord().keyId()).isEqualTo(unknown);
    assertThatThrownBy(() -> keys.describe(unknown)).isInstanceOf(CustodyException.NotFound.class);
    assertThat(test.lastRecord().keyId()).isEqualTo(unknown);
  }

  @Test
  void record_wrappingKeyPutAway_isThereUnderCustodysOwnName() {
    CmkDescription cmk = keys.createKey(KeyRequest.external());
    test.parameters(cmk);
    test.clock.advance(Duration.ofHours(25));
    test.reopen();
    assertThat(test.lastRecord().principal()).isEqualTo("strongroom");
    assertThat(test.lastRecord().operation()).isEqualTo("retireWrappingKey");
    assertThat(test.lastRecord().keyId()).isEqualTo(id(cmk));
    assertThat(test.labels("custody/wrapping/")).isEmpty();
  }

  @Test
  void record_principalThatCannotBeOne_isThere() {
    assertThatThrownBy(() -> test.custody().as("ali\nce"))
        .isInstanceOf(CustodyException.BadInput.class);
    assertThat(test.lastRecord().principal()).isEqualTo("strongroom");
    assertThat(test.lastRecord().operation()).isEqualTo("actAs");
    assertThat(test.lastRecord().result()).isEqualTo("bad-input MALFORMED");
  }

  @Test
  void record_everyCall_isExactlyOne() {
    CmkDescription cmk = keys.createKey(KeyRequest.generated().withAlias("alias/a"));
    byte[] ciphertext = keys.encrypt("alias/a", new byte[1], Map.of()).encode();
    keys.decrypt(ciphertext, Map.of());
    keys.describe(id(cmk));
    keys.listKeys();
    keys.disable(id(cmk));
    keys.enable(id(cmk));
    keys.createAlias("alias/b", id(cmk));
    keys.listAliases();
    keys.deleteAlias("alias/b");
    assertThat(test.custody().audit().since(0))
        .map(AuditRecord::operation)
        .containsExactly(
            "createKey",
            "encrypt",
            "decrypt",
            "describeKey",
            "listKeys",
            "disableKey",
            "enableKey",
            "createAlias",
            "listAliases",
            "deleteAlias");
  }

  @Test
  void tailAndSince_ofMany_areTheRightOnesInOrder() {
    for (int i = 0; i < 5; i++) {
      keys.listAliases();
    }
    AuditTrail audit = test.custody().audit();
    assertThat(audit.tail(2)).map(AuditRecord::sequence).containsExactly(4L, 5L);
    assertThat(audit.since(3)).map(AuditRecord::sequence).containsExactly(4L, 5L);
    assertThat(audit.tail(0)).isEmpty();
  }

  @Test
  void verify_afterClosing_isIntactAndCheckpointed() {
    keys.createKey(KeyRequest.generated());
    test.reopen();
    AuditVerdict verdict = test.custody().audit().verify();
    assertThat(verdict)
        .isInstanceOfSatisfying(
            Intact.class,
            intact -> {
              assertThat(intact.count()).isEqualTo(1);
              assertThat(intact.checkpointed()).isEqualTo(1);
              assertThat(intact.headHash()).isEqualTo(test.lastRecord().hash());
            });
  }

  @Test
  void tail_filtered_showsTheseOnly() {
    CmkDescription cmk = keys.createKey(KeyRequest.generated().withAlias("alias/a"));
    keys.encrypt("alias/a", new byte[1], Map.of());
    test.custody().as("bob").encrypt(id(cmk), new byte[1], Map.of());
    test.custody().as("bob").listAliases();
    AuditTrail audit = test.custody().audit();
    assertThat(audit.tail(new AuditFilter("bob", null, null), 10))
        .map(AuditRecord::sequence)
        .containsExactly(3L, 4L);
    assertThat(audit.tail(new AuditFilter("bob", "encrypt", id(cmk)), 10))
        .map(AuditRecord::sequence)
        .containsExactly(3L);
    assertThat(audit.since(new AuditFilter(null, null, "alias/a"), 1))
        .map(AuditRecord::sequence)
        .containsExactly(2L);
    assertThat(audit.tail(new AuditFilter("carol", null, null), 10)).isEmpty();
  }

  @Test
  void audits_ofAStoreThatIsNotThere_areNotFoundAndMakeNone() {
    Path nowhere = test.storeFile().resolveSibling("nowhere.db");
    assertThatThrownBy(() -> Audits.open("sqlite:" + nowhere, null))
        .isInstanceOfSatisfying(
            CustodyException.NotFound.class,
            e -> assertThat(e.reason()).isEqualTo(CustodyException.Reason.NO_SUCH_STORE));
    assertThat(nowhere).doesNotExist();
  }

  @Test
  void append_twoInstancesOnOneFile_neverForksTheChain() throws Exception {
    CmkDescription cmk = keys.createKey(KeyRequest.generated());
    try (Custody other = test.open();
        ExecutorService executor = Executors.newFixedThreadPool(8)) {
      List<KeyService> faces = List.of(keys, other.as("bob"));
      List<Callable<Integer>> work =
          IntStream.range(0, 8)
              .<Callable<Integer>>mapToObj(i -> () -> encryptOften(faces.get(i % 2), id(cmk), 100))
              .toList();
      for (Future<Integer> future : executor.invokeAll(work)) {
        assertThat(future.get()).isEqualTo(100);
      }
    }
    assertThat(test.custody().audit().verify())
        .isInstanceOfSatisfying(Intact.class, intact -> assertThat(intact.count()).isEqualTo(801));
  }

  private static int encryptOften(KeyService face, String key, int times) {
    for (int i = 0; i < times; i++) {
      face.encrypt(key, new byte[16], Map.of());
    }
    return times;
  }
}
