package io.strongroom.custody;

import static org.assertj.core.api.Assertions.assertThat;

import io.strongroom.custody.audit.AuditVerdict.Intact;
import io.strongroom.custody.chain.AuditChain;
import io.strongroom.custody.chain.AuditEntry;
import io.strongroom.custody.chain.Checkpoints;
import io.strongroom.custody.store.Database;
import io.strongroom.custody.store.MetaRows;
import java.util.List;
import java.util.Map;
import org.junit.jupiter.api.Test;

/**
 * A long trail, each record chained and each ten thousandth signed for as custody does it. Of a
 * million records with {@code -Dstrongroom.audit.records=1000000}; it tells how long verifying
 * took.
 */
class LongTrailTest extends TokenTest {

  private static final int RECORDS = Integer.getInteger("strongroom.audit.records", 20_000);
  private static final int BATCH = 1_000;
  private static final int CHECKPOINT = 10_000;

  @Test
  void verify_longTrail_isIntactToItsEnd() {
    keys.createKey(KeyRequest.generated().withAlias("alias/payments"));
    test.reopen();
    append(RECORDS - 1);
    long start = System.nanoTime();
    Intact intact = (Intact) test.custody().audit().verify();
    System.out.printf(
        "event=audit_verified records=%d millis=%d%n",
        intact.count(), (System.nanoTime() - start) / 1_000_000);
    assertThat(intact.count()).isEqualTo(RECORDS);
    assertThat(intact.checkpointed()).isEqualTo(RECORDS);
  }

  private void append(int count) {
    AuditChain chain = new AuditChain(test.clock);
    try (Database database = Database.open(test.storeUrl())) {
      String storeId = database.read(h -> MetaRows.find(h, MetaRows.STORE_ID)).orElseThrow();
      Checkpoints checkpoints = new Checkpoints(hsm, database, test.clock, storeId);
      for (int first = 0; first < count; first += BATCH) {
        int from = first;
        int to = Math.min(count, first + BATCH);
        database.write(handle -> {
          for (int i = from; i < to; i++) {
            chain.append(handle, entry(i));
          }
          return to;
        });
        if (to % CHECKPOINT == 0 || to == count) {
          checkpoints.write();
        }
      }
    }
  }

  private static AuditEntry entry(int i) {
    return new AuditEntry(
        "payments-service-" + i % 20,
        i % 2 == 0 ? "encrypt" : "decrypt",
        "6b2e0b1c-4a35-4a7b-9a60-0f6a5d1c2b3a",
        i % 2 == 0 ? "alias/payments" : null,
        i % 100 == 99 ? "authentication-failed AUTHENTICATION" : "ok",
        List.of("a"),
        Map.of("bytes", "1024", "version", "1", "context.invoice", "2026-" + i));
  }
}
