package io.strongroom.hsm.pkcs11;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import io.strongroom.hsm.HsmException;
import io.strongroom.hsm.HsmLoad;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.concurrent.Callable;
import java.util.concurrent.CountDownLatch;
import java.util.concurrent.ExecutionException;
import java.util.concurrent.ExecutorService;
import java.util.concurrent.Executors;
import java.util.concurrent.Future;
import java.util.concurrent.atomic.AtomicInteger;
import org.awaitility.Awaitility;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;

/** Who runs where and when, with work that hangs as a native call may. */
@Timeout(120)
class DispatcherTest {
  private static final Duration LONG = Duration.ofSeconds(60);
  private static final Duration SHORT = Duration.ofMillis(500);

  private final CountDownLatch release = new CountDownLatch(1);
  private final List<Dispatcher> opened = new ArrayList<>();

  @AfterEach
  void close() {
    release.countDown();
    opened.forEach(Dispatcher::close);
  }

  private Dispatcher dispatcher(int most, Duration deadline, Guard guard) {
    Dispatcher dispatcher = new Dispatcher("test", most, deadline, guard);
    opened.add(dispatcher);
    return dispatcher;
  }

  private static <T> T run(Dispatcher dispatcher, Callable<T> work) {
    return dispatcher.run(
        () -> "test",
        _ -> {
          try {
            return work.call();
          } catch (Exception e) {
            throw new AssertionError(e);
          }
        });
  }

  private Future<String> hang(ExecutorService threads, Dispatcher dispatcher) throws Exception {
    CountDownLatch running = new CountDownLatch(1);
    Future<String> hanging =
        threads.submit(() ->
            run(
                dispatcher,
                () -> {
                  running.countDown();
                  release.await();
                  return "late";
                }));
    running.await();
    return hanging;
  }

  @Test
  void call_fromPlatformThread_runsInIt() {
    Dispatcher dispatcher = dispatcher(2, LONG, Guard.AUTO);
    assertThat(run(dispatcher, Thread::currentThread)).isSameAs(Thread.currentThread());
  }

  @Test
  void call_fromPlatformThreadGuarded_runsInAWorker() {
    Dispatcher dispatcher = dispatcher(2, LONG, Guard.ALWAYS);
    assertThat(run(dispatcher, Thread::currentThread).getName())
        .startsWith("strongroom-pkcs11-test-");
  }

  @Test
  void calls_fromAThousandVirtualThreads_runInNoMoreWorkersThanPlaces() throws Exception {
    Dispatcher dispatcher = dispatcher(3, LONG, Guard.AUTO);
    AtomicInteger atOnce = new AtomicInteger();
    List<Future<Integer>> futures = new ArrayList<>();
    try (ExecutorService threads = Executors.newVirtualThreadPerTaskExecutor()) {
      for (int i = 0; i < 1_000; i++) {
        int number = i;
        futures.add(
            threads.submit(() ->
                run(
                    dispatcher,
                    () -> {
                      assertThat(Thread.currentThread().isVirtual()).isFalse();
                      assertThat(atOnce.incrementAndGet()).isLessThanOrEqualTo(3);
                      Thread.yield();
                      atOnce.decrementAndGet();
                      return number;
                    })));
      }
      for (int i = 0; i < 1_000; i++) {
        assertThat(futures.get(i).get()).isEqualTo(i);
      }
    }
  }

  @Test
  void exception_inAWorker_reachesTheCaller() {
    Dispatcher dispatcher = dispatcher(1, LONG, Guard.ALWAYS);
    assertThatThrownBy(() ->
            dispatcher.run(
                () -> "fail",
                _ -> {
                  throw new HsmException.BadInput("no");
                }))
        .isInstanceOf(HsmException.BadInput.class);
    assertThat(run(dispatcher, () -> 1)).isEqualTo(1);
  }

  @Test
  void virtualThread_whoseCallHangs_deadlineExceededAndOthersGoOn() throws Exception {
    Dispatcher dispatcher = dispatcher(1, SHORT, Guard.AUTO);
    try (ExecutorService threads = Executors.newVirtualThreadPerTaskExecutor()) {
      Future<String> hanging = hang(threads, dispatcher);

      assertThatThrownBy(hanging::get)
          .isInstanceOf(ExecutionException.class)
          .cause()
          .isInstanceOf(HsmException.DeadlineExceeded.class)
          .hasMessageContaining("has not returned within 500 ms");
      // The one place is taken by a call that hangs, and more must not pile up behind it.
      assertThatThrownBy(() -> run(dispatcher, () -> 1))
          .isInstanceOf(HsmException.DeviceUnavailable.class)
          .hasMessageContaining("hangs");

      release.countDown();
      Awaitility.await().ignoreExceptions().until(() -> run(dispatcher, () -> 1) == 1);
    }
  }

  @Test
  void platformThread_whoseCallHangs_losesItsPlaceToOthersAndTheyAreGuarded() throws Exception {
    Dispatcher dispatcher = dispatcher(2, SHORT, Guard.AUTO);
    try (ExecutorService threads = Executors.newCachedThreadPool()) {
      Future<String> hanging = hang(threads, dispatcher);

      assertThat(run(dispatcher, () -> 1)).isEqualTo(1);
      Awaitility.await()
          .ignoreExceptions()
          .until(() ->
              run(dispatcher, () -> Thread.currentThread().getName())
                  .startsWith("strongroom-pkcs11-test-"));

      release.countDown();
      assertThat(hanging.get()).isEqualTo("late");
      Awaitility.await()
          .ignoreExceptions()
          .until(() -> run(dispatcher, Thread::currentThread) == Thread.currentThread());
    }
  }

  @Test
  void load_whileACallRuns_countsIt() throws Exception {
    Dispatcher dispatcher = dispatcher(1, LONG, Guard.AUTO);
    assertThat(dispatcher.load()).isEqualTo(new HsmLoad(0, 0, 1, 1, 0, 0));
    try (ExecutorService threads = Executors.newVirtualThreadPerTaskExecutor()) {
      hang(threads, dispatcher);
      assertThat(dispatcher.load().running()).isEqualTo(1);
      assertThat(dispatcher.load().isStuck()).isFalse();
      release.countDown();
    }
  }

  @Test
  void load_whileACallHangs_countsIt() throws Exception {
    Dispatcher dispatcher = dispatcher(1, SHORT, Guard.AUTO);
    try (ExecutorService threads = Executors.newVirtualThreadPerTaskExecutor()) {
      Future<String> hanging = hang(threads, dispatcher);
      assertThatThrownBy(hanging::get).isInstanceOf(ExecutionException.class);
      assertThat(dispatcher.load()).isEqualTo(new HsmLoad(0, 0, 1, 1, 1, 1));
      assertThat(dispatcher.load().isStuck()).isTrue();

      release.countDown();
      Awaitility.await().untilAsserted(() -> assertThat(dispatcher.load().hanging()).isZero());
      assertThat(dispatcher.load().abandoned()).isEqualTo(1);
      assertThat(dispatcher.load().isStuck()).isFalse();
    }
  }

  @Test
  void shortCalls_besideALongOne_goOn() throws Exception {
    Dispatcher dispatcher = dispatcher(4, LONG, Guard.AUTO);
    try (ExecutorService threads = Executors.newVirtualThreadPerTaskExecutor()) {
      for (int i = 0; i < 3; i++) {
        hang(threads, dispatcher);
      }
      for (int i = 0; i < 1_000; i++) {
        assertThat(run(dispatcher, () -> 1)).isEqualTo(1);
      }
      release.countDown();
    }
  }

  @Test
  void waiting_interrupted_deadlineExceeded() throws Exception {
    Dispatcher dispatcher = dispatcher(1, LONG, Guard.AUTO);
    try (ExecutorService threads = Executors.newCachedThreadPool()) {
      hang(threads, dispatcher);
      Thread.currentThread().interrupt();
      assertThatThrownBy(() -> run(dispatcher, () -> 1))
          .isInstanceOf(HsmException.DeadlineExceeded.class)
          .hasMessageContaining("interrupted");
      assertThat(Thread.interrupted()).isTrue();
      release.countDown();
    }
  }

  @Test
  void close_whileACallHangs_tellsSoAndRefusesOthers() throws Exception {
    Dispatcher dispatcher = dispatcher(1, SHORT, Guard.AUTO);
    try (ExecutorService threads = Executors.newCachedThreadPool()) {
      hang(threads, dispatcher);
      assertThat(dispatcher.close()).isFalse();
      assertThatThrownBy(() -> run(dispatcher, () -> 1)).isInstanceOf(IllegalStateException.class);
      release.countDown();
    }
  }

  @Test
  void close_whileOthersWait_theyAreToldThatItIsClosed() throws Exception {
    Dispatcher dispatcher = dispatcher(1, LONG, Guard.AUTO);
    List<Future<Integer>> waiting = new ArrayList<>();
    try (ExecutorService threads = Executors.newVirtualThreadPerTaskExecutor();
        ExecutorService closer = Executors.newSingleThreadExecutor()) {
      Future<String> running = hang(threads, dispatcher);
      for (int i = 0; i < 20; i++) {
        waiting.add(threads.submit(() -> run(dispatcher, () -> 1)));
      }
      Future<Boolean> quiet = closer.submit(dispatcher::close);
      for (Future<Integer> one : waiting) {
        assertThatThrownBy(one::get).hasCauseInstanceOf(IllegalStateException.class);
      }
      release.countDown();
      assertThat(running.get()).isEqualTo("late");
      assertThat(quiet.get()).isTrue();
    }
  }

  @Test
  void close_withNothingUnderWay_isQuiet() {
    Dispatcher dispatcher = dispatcher(1, SHORT, Guard.AUTO);
    run(dispatcher, () -> 1);
    assertThat(dispatcher.close()).isTrue();
  }

  @Test
  void turns_underContention_goToEveryThread() throws Exception {
    Dispatcher dispatcher = dispatcher(8, LONG, Guard.AUTO);
    try (ExecutorService threads = Executors.newFixedThreadPool(16)) {
      List<Future<Integer>> futures = new ArrayList<>();
      long endNanos = System.nanoTime() + 500_000_000;
      for (int i = 0; i < 16; i++) {
        futures.add(
            threads.submit(() -> {
              int calls = 0;
              while (calls == 0 || System.nanoTime() < endNanos) {
                calls += run(dispatcher, () -> 1);
              }
              return calls;
            }));
      }
      for (Future<Integer> future : futures) {
        assertThat(future.get()).isPositive();
      }
    }
  }
}
