package io.strongroom.cluster;

import io.strongroom.cluster.balance.Kind;
import io.strongroom.cluster.balance.Member;
import io.strongroom.cluster.balance.RetryBudget;
import io.strongroom.cluster.balance.RoutingCounters.Event;
import io.strongroom.cluster.wire.v1.Answer;
import io.strongroom.cluster.wire.v1.Operation;
import io.strongroom.hsm.HsmException;
import io.strongroom.hsm.KeyId;
import io.strongroom.hsm.WorkLog;
import io.vertx.core.Future;
import io.vertx.core.Promise;
import java.time.Duration;
import java.util.HashSet;
import java.util.List;
import java.util.Set;
import java.util.function.Predicate;
import java.util.stream.Collectors;
import org.jspecify.annotations.Nullable;

/**
 * One operation on its way: from node to node until one of them has done it, its caller has earned
 * a refusal, or time is up. Every operation is a pure function of key, algorithm and input, so each
 * may be repeated, and two nodes may be at it at once.
 *
 * <p>Confined to one event loop.
 */
final class Dispatch {

  private static final int MOST_ROUNDS = 4;
  private static final long PAUSE_MILLIS = 20;
  private static final long NO_TIMER = -1;

  /**
   * What is to be done.
   *
   * @param keys the keys that a node must hold for it
   * @param where the nodes that may do it
   * @param log where the node that does it is noted; null for nowhere
   */
  record Task(
      Operation operation, List<KeyId> keys, Predicate<Node> where, @Nullable WorkLog log) {}

  private final Dispatcher shared;
  private final long number;
  private final Operation operation;
  private final List<KeyId> keys;
  private final @Nullable WorkLog log;
  private final Predicate<Node> where;
  private final long startNanos;
  private final Promise<Answer> promise = Promise.promise();
  private final Set<Node> tried = new HashSet<>();
  private int underWay;
  private int rounds;
  private long deadlineTimer = NO_TIMER;
  private long hedgeTimer = NO_TIMER;
  private boolean hedged;
  private boolean waited;
  private boolean refreshed;
  private @Nullable HsmException failure;
  private @Nullable HsmException suspicion;
  private @Nullable Node suspect;

  /**
   * An operation that has just come in.
   *
   * @param number its place in the order in which they came
   */
  Dispatch(Dispatcher shared, long number, Task task) {
    this.shared = shared;
    this.number = number;
    this.operation = task.operation();
    this.keys = task.keys();
    this.where = task.where();
    this.log = task.log();
    this.startNanos = shared.ticker().nanos();
  }

  Future<Answer> future() {
    return promise.future();
  }

  long number() {
    return number;
  }

  Duration remaining() {
    long elapsed = shared.ticker().nanos() - startNanos;
    return shared.settings().deadline().minusNanos(elapsed);
  }

  private boolean isDone() {
    return promise.future().isComplete();
  }

  void fail(Throwable e) {
    end();
    promise.tryFail(e);
  }

  private void end() {
    cancel(deadlineTimer);
    cancel(hedgeTimer);
    if (waited) {
      shared.leave(this);
    }
  }

  private void cancel(long timer) {
    if (timer != NO_TIMER) {
      shared.vertx().cancelTimer(timer);
    }
  }

  /** Goes on: to the next node, into the waiting room, or to the end. */
  void step() {
    if (isDone()) {
      return;
    }
    if (!remaining().isPositive()) {
      expire();
      return;
    }
    List<Node> holders = holders();
    if (holders.isEmpty()) {
      missing();
      return;
    }
    Node node = shared.fleet().select(n -> holders.contains(n) && !tried.contains(n));
    if (node != null) {
      attempt(node, holders, false);
    } else if (isAnyUntried(holders)) {
      await(holders.stream().filter(n -> !tried.contains(n)).toList());
    } else if (suspicion != null) {
      fail(suspicion);
    } else if (holders.stream().anyMatch(n -> n.member().serves())) {
      nextRound();
    } else if (isHopeless(holders)) {
      fail(unavailable());
    } else {
      tried.clear();
      await(holders);
    }
  }

  private List<Node> holders() {
    return shared.fleet().usable(keys).stream().filter(where).toList();
  }

  private boolean isAnyUntried(List<Node> holders) {
    for (Node holder : holders) {
      if (holder.member().serves() && !tried.contains(holder)) {
        return true;
      }
    }
    return false;
  }

  private void missing() {
    if (!refreshed) {
      refreshed = true;
      shared.fleet().nodes().forEach(n -> n.known().doubt(keys));
      shared.fleet().refresh().onComplete(_ -> step());
    } else if (mayBeHidden() && !shared.fleet().isDestroyed(keys)) {
      fail(unavailable());
    } else {
      fail(
          failure instanceof HsmException.KeyNotFound
              ? failure
              : new HsmException.KeyNotFound("no node of the cluster holds " + text(keys)));
    }
  }

  private boolean mayBeHidden() {
    return shared.fleet().mayBeHidden() || shared.fleet().isSilent(where);
  }

  /** Nodes that have been away for longer than a deadline: waiting would only cost time. */
  private boolean isHopeless(List<Node> holders) {
    Duration deadline = shared.settings().deadline();
    return holders.stream().allMatch(n -> n.member().ejectedFor().compareTo(deadline) > 0);
  }

  private void await(List<Node> wanted) {
    if (deadlineTimer == NO_TIMER) {
      deadlineTimer = shared.vertx().setTimer(Math.max(1, remaining().toMillis()), _ -> expire());
    }
    Set<Member> members = wanted.stream().map(Node::member).collect(Collectors.toUnmodifiableSet());
    boolean again = waited;
    waited = true;
    shared.enqueue(this, members, again);
  }

  private void nextRound() {
    rounds++;
    if (rounds >= MOST_ROUNDS && failure != null) {
      fail(failure);
      return;
    }
    tried.clear();
    long pause = PAUSE_MILLIS << rounds;
    // Spread, so that what failed together does not come back together.
    long spread = pause / 2 + shared.random().nextLong(pause);
    shared.vertx().setTimer(Math.clamp(remaining().toMillis(), 1, spread), _ -> step());
  }

  private void attempt(Node node, List<Node> holders, boolean asHedge) {
    tried.add(node);
    underWay++;
    shared.counters().count(Event.ATTEMPT);
    Duration part = new Patience(shared.settings().deadline()).attempt();
    Duration left = remaining();
    boolean isLast = left.compareTo(part) < 0 || !isAnyUntried(holders);
    Kind kind = WorkKind.of(operation, keys, node);
    node.operate(operation, kind, isLast ? left : part)
        .onComplete(answer -> succeed(node, answer, asHedge), e -> failed(node, e));
    prepareHedge();
  }

  private void prepareHedge() {
    Duration after = shared.settings().hedge();
    if (after != null && !hedged && hedgeTimer == NO_TIMER && !isDone()) {
      hedgeTimer = shared.vertx().setTimer(Math.max(1, after.toMillis()), _ -> hedge());
    }
  }

  /**
   * Asks a second node too, unless others wait for one: what helps this operation must not take
   * from theirs.
   */
  private void hedge() {
    hedgeTimer = NO_TIMER;
    if (isDone() || underWay != 1 || shared.isAnyoneWaiting()) {
      return;
    }
    List<Node> holders = holders();
    Node second = shared.fleet().select(n -> holders.contains(n) && !tried.contains(n));
    if (second != null && shared.budget().withdraw()) {
      hedged = true;
      shared.counters().count(Event.HEDGE);
      attempt(second, holders, true);
    }
  }

  private void succeed(Node node, Answer answer, boolean asHedge) {
    underWay--;
    if (isDone()) {
      return;
    }
    if (asHedge) {
      shared.counters().count(Event.HEDGE_WON);
    }
    if (suspect != null && suspicion != null) {
      suspect.contradicted(suspicion);
    }
    end();
    if (log != null) {
      log.did(node.name());
    }
    promise.tryComplete(answer);
  }

  private void failed(Node node, Throwable cause) {
    underWay--;
    if (isDone()) {
      return;
    }
    if (!(cause instanceof HsmException e)) {
      fail(cause);
      return;
    }
    failure = e;
    if (Illness.isSuspected(e) && suspicion == null) {
      suspicion = e;
      suspect = node;
      repeat(e, shared.confirmations());
    } else if (!e.repeatElsewhere()) {
      fail(e);
    } else {
      if (e instanceof HsmException.KeyNotFound) {
        keys.forEach(node.known()::disown);
      }
      repeat(e, shared.budget());
    }
  }

  private void repeat(HsmException e, RetryBudget budget) {
    if (underWay > 0) {
      // The other node may still do it.
      return;
    }
    if (budget.withdraw()) {
      shared.counters().count(Event.RETRY);
      step();
    } else {
      shared.counters().count(Event.RETRY_DENIED);
      fail(suspicion == null ? e : suspicion);
    }
  }

  private void expire() {
    shared.counters().count(Event.EXPIRED);
    fail(late());
  }

  private HsmException late() {
    if (holders().stream().noneMatch(n -> n.member().serves())) {
      return unavailable();
    }
    String reason = failure == null ? shared.fleet().absences() : failure.text();
    return new HsmException.DeadlineExceeded(
        "no node did the operation within %d ms%s"
            .formatted(
                shared.settings().deadline().toMillis(),
                reason.isEmpty() ? "" : "; last: " + reason),
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
