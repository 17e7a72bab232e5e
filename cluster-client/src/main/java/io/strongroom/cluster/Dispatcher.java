package io.strongroom.cluster;

import io.strongroom.cluster.balance.RetryBudget;
import io.strongroom.cluster.balance.Ticker;
import io.strongroom.cluster.wire.v1.Answer;
import io.strongroom.cluster.wire.v1.Operation;
import io.strongroom.hsm.HsmException;
import io.strongroom.hsm.KeyId;
import io.vertx.core.Future;
import io.vertx.core.Vertx;
import java.time.Duration;
import java.util.ArrayDeque;
import java.util.Deque;
import java.util.List;

/**
 * Has operations done by nodes that can do them, and repeats them elsewhere when that is safe and
 * of use. Operations for which no node is free now wait in a bounded room.
 *
 * <p>Confined to one event loop.
 */
final class Dispatcher {

  // Enough saved up for all that can be outstanding at a node, several times.
  private static final RetryBudget.Policy BUDGET = new RetryBudget.Policy(0.2, 50, 1000);
  private static final int ROOM = 4096;

  private final Vertx vertx;
  private final Fleet fleet;
  private final Ticker ticker;
  private final Duration deadline;
  private final RetryBudget budget;
  private final Deque<Dispatch> waiting = new ArrayDeque<>();
  private boolean admitting;
  private boolean closed;

  Dispatcher(Vertx vertx, Fleet fleet, Ticker ticker, Duration deadline) {
    this.vertx = vertx;
    this.fleet = fleet;
    this.ticker = ticker;
    this.deadline = deadline;
    this.budget = new RetryBudget(BUDGET, ticker);
    fleet.nodes().forEach(n -> n.onChange(this::admit));
  }

  /**
   * Has an operation done.
   *
   * @param keys the keys that a node must hold for it; none for random bytes
   */
  Future<Answer> dispatch(Operation operation, List<KeyId> keys) {
    if (closed) {
      return Future.failedFuture(new IllegalStateException("this client is closed"));
    }
    budget.deposit();
    Dispatch dispatch = new Dispatch(this, operation, keys);
    dispatch.step();
    return dispatch.future();
  }

  /** Lets an operation wait until a node may be free for it. */
  void enqueue(Dispatch dispatch) {
    if (waiting.size() >= ROOM) {
      dispatch.fail(
          new HsmException.Throttled(
              ROOM
                  + " operations wait for a free node already; try again later, or send fewer at"
                  + " once"));
    } else {
      waiting.add(dispatch);
    }
  }

  /** Has those who wait look again, until one finds nothing free; called whenever one may be. */
  private void admit() {
    if (admitting) {
      return;
    }
    admitting = true;
    try {
      int left = waiting.size();
      while (left > 0 && waiting.size() == left) {
        waiting.remove().step();
        left--;
      }
    } finally {
      admitting = false;
    }
  }

  /** How many wait for a node that is free. */
  int queued() {
    return waiting.size();
  }

  void close() {
    closed = true;
    waiting.forEach(d -> d.fail(new HsmException.DeviceUnavailable("this client is closed")));
    waiting.clear();
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

  Duration deadline() {
    return deadline;
  }

  RetryBudget budget() {
    return budget;
  }
}
