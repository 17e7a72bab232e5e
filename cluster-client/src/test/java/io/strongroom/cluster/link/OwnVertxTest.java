package io.strongroom.cluster.link;

import static org.assertj.core.api.Assertions.assertThat;

import io.vertx.core.Vertx;
import java.time.Duration;
import java.util.List;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.CopyOnWriteArrayList;
import java.util.concurrent.CountDownLatch;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.atomic.AtomicBoolean;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;

class OwnVertxTest {
  private static final long LIMIT_SECONDS = 30;

  private final List<Throwable> printed = new CopyOnWriteArrayList<>();
  private Thread.UncaughtExceptionHandler before;

  @BeforeEach
  void catchWhatIsPrinted() {
    before = Thread.getDefaultUncaughtExceptionHandler();
    Thread.setDefaultUncaughtExceptionHandler((_, e) -> printed.add(e));
  }

  @AfterEach
  void letItBePrinted() {
    Thread.setDefaultUncaughtExceptionHandler(before);
  }

  @Test
  void clientsStep_thatEndsAfterItsLoop_printsNothing() throws Exception {
    assertPrintsNothing(OwnVertx.ofClient());
  }

  @Test
  void nodesStep_thatEndsAfterItsLoop_printsNothing() throws Exception {
    assertPrintsNothing(OwnVertx.ofNode());
  }

  private void assertPrintsNothing(Vertx vertx) throws Exception {
    var begun = new CompletableFuture<Thread>();
    var closed = new CountDownLatch(1);
    var answered = new AtomicBoolean();
    vertx
        .executeBlocking(
            () -> {
              begun.complete(Thread.currentThread());
              awaitUninterruptibly(closed);
              return true;
            },
            false)
        .onComplete(_ -> answered.set(true));
    Thread thread = begun.get(LIMIT_SECONDS, TimeUnit.SECONDS);
    vertx.close().toCompletionStage().toCompletableFuture().get(LIMIT_SECONDS, TimeUnit.SECONDS);
    closed.countDown();
    assertThat(thread.join(Duration.ofSeconds(LIMIT_SECONDS))).isTrue();
    assertThat(answered).isFalse();
    assertThat(printed).isEmpty();
  }

  // Closing interrupts the thread, as nothing interrupts a read of a file.
  private static void awaitUninterruptibly(CountDownLatch latch) {
    while (true) {
      try {
        latch.await();
        return;
      } catch (InterruptedException e) {
        continue;
      }
    }
  }
}
