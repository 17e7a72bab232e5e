package io.strongroom.custody;

import static io.strongroom.custody.TestCustody.id;
import static org.assertj.core.api.Assertions.assertThat;

import io.strongroom.custody.audit.AuditRecord;
import io.strongroom.custody.audit.AuditVerdict;
import io.strongroom.custody.store.PostgresExtension;
import io.strongroom.custody.store.PostgresServer;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.concurrent.ExecutorService;
import java.util.concurrent.Executors;
import java.util.concurrent.Future;
import java.util.concurrent.atomic.AtomicBoolean;
import java.util.concurrent.atomic.AtomicInteger;
import org.awaitility.Awaitility;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.extension.ExtendWith;

/** Three instances work on one PostgreSQL while it crashes and comes back. */
@OnPostgres
@ExtendWith(PostgresExtension.class)
class ServerLossTest extends TokenTest {

  private static final Duration PATIENCE = Duration.ofSeconds(60);

  private final AtomicBoolean over = new AtomicBoolean();
  private final AtomicInteger acknowledged = new AtomicInteger();
  private final AtomicInteger failed = new AtomicInteger();
  private final List<Custody> instances = new ArrayList<>();
  private PostgresServer server;

  @BeforeEach
  void openThree(PostgresServer given) {
    server = given;
    for (int i = 0; i < 3; i++) {
      instances.add(test.open());
    }
  }

  @AfterEach
  void closeThree() {
    over.set(true);
    instances.forEach(Custody::close);
  }

  @Test
  void encrypt_serverCrashesMeanwhile_losesNoRecordAndRecoversByItself() throws Exception {
    String key = id(keys.createKey(KeyRequest.generated()));
    try (ExecutorService executor = Executors.newFixedThreadPool(6)) {
      List<Future<?>> workers = new ArrayList<>();
      for (int i = 0; i < 6; i++) {
        KeyService face = instances.get(i % 3).as("worker" + i);
        workers.add(executor.submit(() -> work(face, key)));
      }
      awaitMore(60);
      server.crash();
      int failures = failed.get();
      Awaitility.await().atMost(PATIENCE).until(() -> failed.get() > failures);
      server.restart();
      awaitMore(60);
      over.set(true);
      for (Future<?> worker : workers) {
        worker.get();
      }
    }
    assertRecorded();
  }

  private void work(KeyService face, String key) {
    while (!over.get()) {
      try {
        face.encrypt(key, new byte[16], Map.of());
        acknowledged.incrementAndGet();
      } catch (CustodyException.Unavailable away) {
        failed.incrementAndGet();
      }
    }
  }

  private void awaitMore(int calls) {
    int now = acknowledged.get();
    Awaitility.await().atMost(PATIENCE).until(() -> acknowledged.get() >= now + calls);
  }

  /** What was answered is recorded; what failed may be, because its answer alone can be lost. */
  private void assertRecorded() {
    assertThat(instances.getFirst().audit().verify()).isInstanceOf(AuditVerdict.Intact.class);
    long recorded =
        instances.getFirst().audit().since(0).stream()
            .filter(record -> record.operation().equals("encrypt"))
            .map(AuditRecord::result)
            .filter("ok"::equals)
            .count();
    assertThat(recorded)
        .isBetween((long) acknowledged.get(), (long) acknowledged.get() + failed.get());
  }
}
