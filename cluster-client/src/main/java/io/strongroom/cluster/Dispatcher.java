package io.strongroom.cluster;

import io.strongroom.cluster.balance.Member;
import io.strongroom.cluster.balance.RetryBudget;
import io.strongroom.cluster.balance.RoutingCounters;
import io.strongroom.cluster.balance.RoutingCounters.Event;
import io.strongroom.cluster.balance.Ticker;
import io.strongroom.cluster.balance.WaitingRoom;
import io.strongroom.cluster.wire.v1.Answer;
import io.strongroom.hsm.HsmException;
import io.vertx.core.Future;
import io.vertx.core.Vertx;
import java.time.Duration;
import java.util.Set;
import java.util.concurrent.atomic.AtomicInteger;
import java.util.concurrent.atomic.AtomicLong;
import java.util.random.RandomGenerator;
import org.jspecify.annotations.Nullable;

/**
 * Has operations done by nodes that can do them, and repeats them elsewhere when that is safe and
 * of use. Operations for which no node is free now wait in a bounded room.
 *
 * <p>Confined to one event loop, except {@link #stats}.
 */
final class Dispatcher {

  // Enough saved up for all that can be outstanding at a node, several times.
  private static final RetryBudget.Policy BUDGET = new RetryBudget.Policy(0.2, 50, 1000);
  private static final int ROOM = 4096;
  private static final long ROOM_BYTES = 128L << 20;

  /**
   * How many times longer than an operation has must its wait be expected to take before it is
   * refused: a node that has just begun, or was held up for a moment, soon does more than it did.
   */
  private static final int DOUBT = 4;

  /** What an operation holds beside its input. */
  private static final int OVERHEAD_BYTES = 512;

  /**
   * What all operations go by.
   *
   * @param deadline how long one may take
   * @param hedge after how long without an answer a second node is asked; null for never
   */
  record Settings(Duration deadline, @Nullable Duration hedge) {}

  private final Vertx vertx;
  private final Fleet fleet;
  private final Ticker ticker;
  private final RandomGenerator random;
  private final Settings settings;
  private final RetryBudget budget;
  private final RetryBudget confirmations;
  private final RoutingCounters counters = new RoutingCounters();
  private final WaitingRoom<Dispatch> room;
  private final AtomicInteger waiting = new AtomicInteger();
  private final AtomicLong heldBytes = new AtomicLong();
  private long lastNumber;
  private boolean admitting;
  private boolean outdated;
  private boolean closed;

  Dispatcher(Vertx vertx, Fleet fleet, Ticker ticker, RandomGenerator random, Settings settings) {
    this.vertx = vertx;
    this.fleet = fleet;
    this.ticker = ticker;
    this.random = random;
    this.settings = settings;
    this.budget = new RetryBudget(BUDGET, ticker);
    this.confirmations = new RetryBudget(BUDGET, ticker);
    this.room = new WaitingRoom<>(ticker);
    fleet.nodes().forEach(n -> n.onChange(this::admit, this::reconsider));
  }

  /** Has an operation done. */
  Future<Answer> dispatch(Dispatch.Task task) {
    if (closed) {
      return Future.failedFuture(new IllegalStateException("this client is closed"));
    }
    counters.count(Event.OPERATION);
    int bytes = task.operation().getInput().size() + OVERHEAD_BYTES;
    if (heldBytes.get() + bytes > ROOM_BYTES) {
      counters.count(Event.REFUSED_BYTES);
      return Future.failedFuture(tooManyBytes(bytes));
    }
    heldBytes.addAndGet(bytes);
    budget.deposit();
    confirmations.deposit();
    Dispatch dispatch = new Dispatch(this, ++lastNumber, task);
    dispatch.step();
    return dispatch.future().onComplete(_ -> heldBytes.addAndGet(-bytes));
  }

  private HsmException tooManyBytes(int bytes) {
    return new HsmException.Throttled(
        "operations of %d bytes are under way already and one of %d would exceed the %d that may be; send fewer at once"
            .formatted(heldBytes.get(), bytes, ROOM_BYTES));
  }

  /**
   * Lets an operation wait until one of these nodes may be free for it, or fails it at once if
   * there is no room, or so many wait already that its time would be over.
   *
   * @param again whether it has waited before; then it keeps its place
   */
  void enqueue(Dispatch dispatch, Set<Member> wanted, boolean again) {
    if (closed) {
      dispatch.fail(closed());
      return;
    }
    Duration wait = again ? Duration.ZERO : room.expectedWait(wanted);
    if (room.size() >= ROOM) {
      counters.count(Event.REFUSED_FULL);
      dispatch.fail(
          new HsmException.Throttled(
              ROOM
                  + " operations wait for a free node already, the most that may; try again later,"
                  + " or send fewer at once"));
    } else if (wait.compareTo(dispatch.remaining().multipliedBy(DOUBT)) > 0) {
      counters.count(Event.REFUSED_LATE);
      dispatch.fail(
          new HsmException.Throttled(
              "%d operations wait for a free node, which takes about %d ms, and this one has %d ms; try again later, send fewer at once, or allow a longer deadline"
                  .formatted(room.size(), wait.toMillis(), dispatch.remaining().toMillis())));
    } else {
      counters.count(Event.QUEUED);
      room.enter(dispatch.number(), dispatch, wanted);
      waiting.set(room.size());
    }
  }

  /** An operation needs to wait no more. */
  void leave(Dispatch dispatch) {
    room.leave(dispatch.number());
    waiting.set(room.size());
  }

  boolean isAnyoneWaiting() {
    return room.size() > 0;
  }

  /** Has those who wait for a node that is free go on; called whenever one may be. */
  private void admit() {
    if (!admitting && room.size() > 0) {
      exclusively(this::admitAll);
    }
  }

  private void admitAll() {
    // One that goes on may come back, but none is asked more often than there are waiters.
    for (int left = room.size(); left > 0; left--) {
      Dispatch next = room.next();
      if (next == null) {
        return;
      }
      next.step();
    }
  }

  /** Has all who wait look again: a node came or went, or holds other keys than before. */
  private void reconsider() {
    if (admitting) {
      outdated = true;
    } else if (room.size() > 0) {
      exclusively(() -> room.reconsider(Dispatch::step));
    }
  }

  private void exclusively(Runnable work) {
    admitting = true;
    try {
      work.run();
    } finally {
      admitting = false;
      waiting.set(room.size());
    }
    if (outdated) {
      outdated = false;
      vertx.runOnContext(_ -> reconsider());
    }
  }

  /** How many wait for a node that is free. */
  int queued() {
    return waiting.get();
  }

  void close() {
    closed = true;
    room.reconsider(d -> d.fail(closed()));
    waiting.set(0);
  }

  private static HsmException closed() {
    return new HsmException.DeviceUnavailable("this client is closed");
  }

  /** What was done and how things stand. From any thread. */
  RoutingStats stats() {
    return RoutingStats.of(
        counters,
        waiting.get(),
        heldBytes.get(),
        fleet.nodes().stream().map(Node::member).toList());
  }

  Vertx vertx() {
    return vertx;
  }

  Fleet fleet() {
    return fleet;
  }

  Ticker ticker() {
    return ticker;
  }

  RandomGenerator random() {
    return random;
  }

  Settings settings() {
    return settings;
  }

  RetryBudget budget() {
    return budget;
  }

  /** The budget for asking a second node whether an answer that may be an illness's is true. */
  RetryBudget confirmations() {
    return confirmations;
  }

  RoutingCounters counters() {
    return counters;
  }
}
