package io.strongroom.cluster.node;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import java.util.List;
import java.util.concurrent.CopyOnWriteArrayList;
import java.util.concurrent.CountDownLatch;
import java.util.concurrent.RejectedExecutionException;
import java.util.concurrent.TimeUnit;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.Test;

class FairWorkersTest {
  private final FairWorkers workers = new FairWorkers("fair-", 1, new FairWorkers.Room(10, 15));
  private final List<String> done = new CopyOnWriteArrayList<>();
  private final CountDownLatch hold = new CountDownLatch(1);

  @AfterEach
  void close() {
    hold.countDown();
    workers.close();
  }

  /** Keeps the one thread busy until {@code hold}. */
  private void occupy() throws InterruptedException {
    CountDownLatch begun = new CountDownLatch(1);
    workers.execute(
        "nobody",
        () -> {
          begun.countDown();
          try {
            hold.await();
          } catch (InterruptedException e) {
            Thread.currentThread().interrupt();
          }
        });
    begun.await();
  }

  private void queue(String caller, int from, int count) {
    for (int i = from; i < from + count; i++) {
      String name = caller + i;
      workers.execute(caller, () -> done.add(name));
    }
  }

  private void finish(String caller) throws InterruptedException {
    CountDownLatch last = new CountDownLatch(1);
    workers.execute(caller, last::countDown);
    hold.countDown();
    assertThat(last.await(20, TimeUnit.SECONDS)).isTrue();
  }

  @Test
  void callers_takeTurns_whoeverHasMuchWaiting() throws Exception {
    occupy();
    queue("greedy", 1, 5);
    queue("modest", 1, 2);
    finish("greedy");
    assertThat(done)
        .containsExactly(
            "greedy1", "modest1", "greedy2", "modest2", "greedy3", "greedy4", "greedy5");
  }

  @Test
  void caller_withTooMuchWaiting_isRefusedAndOthersAreNot() throws Exception {
    occupy();
    queue("greedy", 1, 10);
    assertThatThrownBy(() -> queue("greedy", 11, 1)).isInstanceOf(RejectedExecutionException.class);
    queue("modest", 1, 1);
    assertThat(workers.waiting()).isEqualTo(11);
  }

  @Test
  void callers_withTooMuchWaitingInAll_areRefused() throws Exception {
    occupy();
    queue("a", 1, 10);
    queue("b", 1, 5);
    assertThatThrownBy(() -> queue("c", 1, 1)).isInstanceOf(RejectedExecutionException.class);
  }

  @Test
  void work_thatFails_doesNotEndTheThread() throws Exception {
    workers.execute(
        "a",
        () -> {
          throw new IllegalStateException("wanted by the test");
        });
    finish("a");
    assertThat(workers.waiting()).isZero();
  }

  @Test
  void work_afterClose_isRefusedAndWhatWaitsIsDone() throws Exception {
    occupy();
    CountDownLatch last = new CountDownLatch(1);
    workers.execute("a", last::countDown);
    workers.close();
    assertThatThrownBy(() -> queue("a", 1, 1)).isInstanceOf(RejectedExecutionException.class);
    hold.countDown();
    assertThat(last.await(20, TimeUnit.SECONDS)).isTrue();
  }
}
