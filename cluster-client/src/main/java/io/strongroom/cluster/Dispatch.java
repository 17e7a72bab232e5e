package io.strongroom.cluster;

import io.strongroom.cluster.wire.v1.Answer;
import io.strongroom.cluster.wire.v1.Operation;
import io.strongroom.hsm.HsmException;
import io.strongroom.hsm.KeyId;
import io.vertx.core.Future;
import io.vertx.core.Promise;
import java.time.Duration;
import java.util.HashSet;
import java.util.List;
import java.util.Set;
import org.jspecify.annotations.Nullable;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * One operation on its way: from node to node until one of them has done it, its caller has earned
 * a refusal, or time is up. Every operation is a pure function of key, algorithm and input, so each
 * may be repeated.
 *
 * <p>Confined to one event loop.
 */
final class Dispatch {

  private static final Logger LOG = LoggerFactory.getLogger(Dispatch.class);

  /** An attempt gets this part of the deadline, so that a node that hangs costs no more. */
  private static final int ATTEMPTS_PER_DEADLINE = 3;

  private static final int MOST_ROUNDS = 4;
  private static final long PAUSE_MILLIS = 20;

  private final Dispatcher shared;
  private final Operation operation;
  private final List<KeyId> keys;
  private final long startNanos;
  private final Promise<Answer> promise = Promise.promise();
  private final Set<Node> tried = new HashSet<>();
  private int rounds;
  private long waitTimer = -1;
  private boolean refreshed;
  private @Nullable HsmException failure;
  private @Nullable HsmException suspicion;

  Dispatch(Dispatcher shared, Operation operation, List<KeyId> keys) {
    this.shared = shared;
    this.operation = operation;
    this.keys = keys;
    this.startNanos = shared.ticker().nanos();
  }

  Future<Answer> future() {
    return promise.future();
  }

  boolean isDone() {
    return promise.future().isComplete();
  }

  void fail(HsmException e) {
    shared.vertx().cancelTimer(waitTimer);
    promise.tryFail(e);
  }

  /** Goes on: to the next node, into the waiting room, or to the end. */
  void step() {
    if (isDone()) {
      return;
    }
    if (!remaining().isPositive()) {
      fail(late());
      return;
    }
    List<Node> holders = shared.fleet().usable(keys);
    if (holders.isEmpty()) {
      missing();
      return;
    }
    Node node = shared.fleet().select(n -> holders.contains(n) && !tried.contains(n));
    if (node != null) {
      attempt(node);
    } else if (holders.stream().anyMatch(n -> n.member().serves() && !tried.contains(n))) {
      await();
    } else if (suspicion != null) {
      fail(suspicion);
    } else if (holders.stream().anyMatch(n -> n.member().serves())) {
      nextRound();
    } else if (isHopeless(holders)) {
      fail(unavailable());
    } else {
      tried.clear();
      await();
    }
  }

  private void missing() {
    if (!refreshed) {
      refreshed = true;
      shared.fleet().refresh().onComplete(_ -> step());
    } else if (shared.fleet().mayBeHidden() && !shared.fleet().isDestroyed(keys)) {
      fail(unavailable());
    } else {
      fail(
          failure instanceof HsmException.KeyNotFound
              ? failure
              : new HsmException.KeyNotFound("no node of the cluster holds " + text(keys)));
    }
  }

  /** Nodes that have been away for longer than a deadline: waiting would only cost time. */
  private boolean isHopeless(List<Node> holders) {
    return holders.stream().allMatch(n -> n.member().ejectedFor().compareTo(shared.deadline()) > 0);
  }

  private void await() {
    shared.vertx().cancelTimer(waitTimer);
    waitTimer = shared.vertx().setTimer(Math.max(1, remaining().toMillis()), _ -> fail(late()));
    shared.enqueue(this);
  }

  private void nextRound() {
    rounds++;
    if (rounds >= MOST_ROUNDS && failure != null) {
      fail(failure);
      return;
    }
    tried.clear();
    shared.vertx().setTimer(PAUSE_MILLIS << rounds, _ -> step());
  }

  private void attempt(Node node) {
    tried.add(node);
    Duration part = shared.deadline().dividedBy(ATTEMPTS_PER_DEADLINE);
    Duration left = remaining();
    node.operate(operation, left.compareTo(part) < 0 ? left : part)
        .onComplete(this::succeed, e -> failed(node, e));
  }

  private void succeed(Answer answer) {
    shared.vertx().cancelTimer(waitTimer);
    if (suspicion != null) {
      LOG.warn(
          "event=device_contradicted node={} reason=\"{}\"", suspicion.node(), suspicion.text());
    }
    promise.tryComplete(answer);
  }

  private void failed(Node node, Throwable cause) {
    if (!(cause instanceof HsmException e)) {
      promise.tryFail(cause);
      return;
    }
    failure = e;
    if (isSuspicious(e) && suspicion == null) {
      // The code that SoftHSM2 gives for a wrong tag is also that of a device out of order.
      suspicion = e;
      step();
    } else if (!e.repeatElsewhere()) {
      fail(e);
    } else {
      if (e instanceof HsmException.KeyNotFound) {
        keys.forEach(id -> node.amend(i -> i.without(id)));
      }
      repeat(e);
    }
  }

  private void repeat(HsmException e) {
    if (shared.budget().withdraw()) {
      step();
    } else {
      fail(e);
    }
  }

  private static boolean isSuspicious(HsmException e) {
    return e instanceof HsmException.AuthenticationFailed
        && e.answer() != null
        && "CKR_GENERAL_ERROR".equals(e.answer().returnName());
  }

  private Duration remaining() {
    long elapsed = shared.ticker().nanos() - startNanos;
    return shared.deadline().minusNanos(elapsed);
  }

  private HsmException late() {
    if (shared.fleet().usable(keys).stream().noneMatch(n -> n.member().serves())) {
      return unavailable();
    }
    String reason = failure == null ? shared.fleet().absences() : failure.text();
    return new HsmException.DeadlineExceeded(
        "no node did the operation within %d ms%s"
            .formatted(shared.deadline().toMillis(), reason.isEmpty() ? "" : "; last: " + reason),
        failure);
  }

  private HsmException unavailable() {
    return new HsmException.DeviceUnavailable(
        "no node that may hold " + text(keys) + " serves: " + shared.fleet().absences(), failure);
  }

  private static String text(List<KeyId> keys) {
    return keys.isEmpty()
        ? "the operation"
        : keys.size() == 1 ? "key " + keys.getFirst() : "both keys " + keys;
  }
}
