package io.strongroom.benchmarks.custody;

import io.strongroom.custody.Custody;
import io.strongroom.custody.KeyService;
import io.strongroom.custody.audit.AuditVerdict;
import io.strongroom.hsm.Hsm;
import java.time.Clock;
import java.util.concurrent.ExecutorService;
import java.util.concurrent.Executors;
import java.util.concurrent.Semaphore;

/**
 * How long verifying a whole audit trail takes.
 *
 * @param records how many records it has, each of a call that was made
 * @param writtenNanos how long those calls took
 * @param nanos how long the verification took
 */
record Verification(long records, long writtenNanos, long nanos) {
  /** So many callers at once share one sync to disk. */
  private static final int CALLERS = 256;

  static Verification measure(Hsm hsm, String store, int records) throws InterruptedException {
    try (Custody custody = Custody.open(hsm, store, Clock.systemUTC())) {
      long begin = System.nanoTime();
      write(custody.as("benchmark"), records);
      long written = System.nanoTime();
      AuditVerdict verdict = custody.audit().verify();
      long end = System.nanoTime();
      if (!(verdict instanceof AuditVerdict.Intact intact) || intact.count() < records) {
        throw new IllegalStateException("the trail is not as it was written: " + verdict);
      }
      return new Verification(intact.count(), written - begin, end - written);
    }
  }

  private static void write(KeyService keys, int records) throws InterruptedException {
    Semaphore free = new Semaphore(CALLERS);
    try (ExecutorService callers = Executors.newVirtualThreadPerTaskExecutor()) {
      for (int i = 0; i < records; i++) {
        free.acquire();
        callers.execute(() -> {
          try {
            keys.listAliases();
          } finally {
            free.release();
          }
        });
      }
    }
  }
}
