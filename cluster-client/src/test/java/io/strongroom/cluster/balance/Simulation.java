package io.strongroom.cluster.balance;

import io.strongroom.cluster.balance.SimulatedNode.Mode;
import java.time.Duration;
import java.util.ArrayDeque;
import java.util.ArrayList;
import java.util.Deque;
import java.util.HashSet;
import java.util.List;
import java.util.PriorityQueue;
import java.util.Random;
import java.util.Set;
import org.jspecify.annotations.Nullable;

/**
 * A client and its nodes in simulated time: operations come in at random, each node does some at
 * once and queues the rest, and routing sends each operation to a node, and on to another where one
 * failed or was silent. The same seed gives the same run.
 */
final class Simulation {

  static final Kind SIGN = new Kind("SIGN", "EC_256", 0);
  private static final Kind PROBE = new Kind("PROBE", "", 0);
  private static final Duration SERVICE = Duration.ofMillis(1);
  private static final Duration FAST_FAILURE = Duration.ofNanos(100_000);
  private static final Duration SILENCE = Duration.ofSeconds(1);
  private static final Duration DEADLINE = Duration.ofSeconds(3);
  private static final Duration PAUSE = Duration.ofMillis(40);

  /** Which node is next. */
  interface Router {
    /**
     * The node for an operation.
     *
     * @return null if it has to wait
     */
    @Nullable SimulatedNode choose(List<SimulatedNode> nodes, Set<SimulatedNode> tried);

    /** An operation has come in. */
    void began();

    /** Whether what failed may be repeated. */
    boolean mayRepeat();
  }

  private record Event(long atNanos, long number, Runnable what) implements Comparable<Event> {
    @Override
    public int compareTo(Event other) {
      int byTime = Long.compare(atNanos, other.atNanos);
      return byTime == 0 ? Long.compare(number, other.number) : byTime;
    }
  }

  /** An operation of the client's. */
  private static final class Work {
    private final Kind kind;
    private final double serviceFactor;
    private final long cameNanos;
    private final Set<SimulatedNode> tried = new HashSet<>();
    private int underWay;
    private boolean hedged;
    private boolean done;

    Work(Kind kind, double serviceFactor, long cameNanos) {
      this.kind = kind;
      this.serviceFactor = serviceFactor;
      this.cameNanos = cameNanos;
    }
  }

  private final ManualTicker ticker;
  private final List<SimulatedNode> nodes;
  private final Router router;
  private final Random random = new Random(11);
  private final PriorityQueue<Event> events = new PriorityQueue<>();
  private final Deque<Work> waiting = new ArrayDeque<>();
  private final List<Long> latenciesNanos = new ArrayList<>();
  private @Nullable Duration hedge;
  private long lastEvent;
  private int operations;
  private int failed;
  private int hedges;

  Simulation(ManualTicker ticker, List<SimulatedNode> nodes, Router router) {
    this.ticker = ticker;
    this.nodes = nodes;
    this.router = router;
    nodes.forEach(this::look);
  }

  private void after(Duration time, Runnable what) {
    events.add(new Event(ticker.nanos() + time.toNanos(), ++lastEvent, what));
  }

  /** A second node is asked after this time. */
  void hedgeAfter(Duration time) {
    hedge = time;
  }

  /** Operations come in from now on, so many a second on average. */
  void load(Kind kind, double serviceFactor, double perSecond) {
    long nanos = (long) (-Math.log(1 - random.nextDouble()) / perSecond * 1e9);
    after(
        Duration.ofNanos(nanos),
        () -> {
          operations++;
          router.began();
          dispatch(new Work(kind, serviceFactor, ticker.nanos()));
          load(kind, serviceFactor, perSecond);
        });
  }

  /** Lets time pass; counts begin anew. */
  void run(Duration time) {
    latenciesNanos.clear();
    operations = 0;
    failed = 0;
    hedges = 0;
    nodes.forEach(SimulatedNode::countAnew);
    long end = ticker.nanos() + time.toNanos();
    for (Event e = events.peek(); e != null && e.atNanos() <= end; e = events.peek()) {
      events.remove(e);
      ticker.pass(Duration.ofNanos(Math.max(0, e.atNanos() - ticker.nanos())));
      e.what().run();
    }
    ticker.pass(Duration.ofNanos(end - ticker.nanos()));
  }

  private void dispatch(Work work) {
    if (ticker.nanos() - work.cameNanos >= DEADLINE.toNanos()) {
      failed++;
      return;
    }
    SimulatedNode node = router.choose(nodes, work.tried);
    if (node != null) {
      attempt(node, work);
    } else if (work.tried.isEmpty()) {
      waiting.add(work);
    } else {
      work.tried.clear();
      after(PAUSE, () -> dispatch(work));
    }
  }

  private void attempt(SimulatedNode node, Work work) {
    work.tried.add(node);
    work.underWay++;
    if (hedge != null && !work.hedged) {
      after(hedge, () -> hedge(work));
    }
    Attempt attempt = node.begin(work.kind);
    boolean[] ended = {false};
    after(SILENCE, () -> end(node, attempt, ended, () -> repeat(work), Outcome.FAILED));
    switch (node.mode()) {
      case SILENT -> {}
      case FAILING ->
          after(FAST_FAILURE, () -> end(node, attempt, ended, () -> repeat(work), Outcome.FAILED));
      case WELL ->
          serve(
              node,
              work.serviceFactor,
              () -> end(node, attempt, ended, () -> answered(work), Outcome.ANSWERED));
    }
  }

  private void hedge(Work work) {
    if (work.done || work.hedged || work.underWay != 1 || !waiting.isEmpty()) {
      return;
    }
    SimulatedNode second = router.choose(nodes, work.tried);
    if (second != null && router.mayRepeat()) {
      work.hedged = true;
      hedges++;
      attempt(second, work);
    }
  }

  private void serve(SimulatedNode node, double serviceFactor, Runnable done) {
    if (node.takeServer(() -> serve(node, serviceFactor, done))) {
      double pause = random.nextDouble() < node.pauses() ? 100 : 1;
      double factor = serviceFactor * node.slowdown() * pause * (0.5 + random.nextDouble());
      after(
          Duration.ofNanos((long) (SERVICE.toNanos() * factor)),
          () -> {
            node.giveServerBack();
            done.run();
          });
    }
  }

  private void end(
      SimulatedNode node, Attempt attempt, boolean[] ended, Runnable next, Outcome outcome) {
    if (ended[0]) {
      return;
    }
    ended[0] = true;
    if (attempt.end(outcome)) {
      probeLater(node);
    }
    next.run();
    for (int left = waiting.size(); left > 0; left--) {
      dispatch(waiting.remove());
    }
  }

  private void answered(Work work) {
    work.underWay--;
    if (!work.done) {
      work.done = true;
      latenciesNanos.add(ticker.nanos() - work.cameNanos);
    }
  }

  private void repeat(Work work) {
    work.underWay--;
    if (work.done || work.underWay > 0) {
      return;
    }
    if (router.mayRepeat()) {
      dispatch(work);
    } else {
      failed++;
    }
  }

  private void probeLater(SimulatedNode node) {
    after(
        node.member().untilProbe(),
        () -> {
          if (node.mode() == Mode.SILENT) {
            node.member().probeFailed();
            probeLater(node);
          } else {
            node.member().probed();
          }
        });
  }

  /** Each second each node that serves is asked for a little. */
  private void look(SimulatedNode node) {
    after(
        Duration.ofSeconds(1),
        () -> {
          if (node.member().serves() && node.mode() != Mode.SILENT) {
            Attempt attempt = node.member().begin(PROBE);
            serve(node, 0.1, () -> end(node, attempt, new boolean[1], () -> {}, Outcome.ANSWERED));
          }
          look(node);
        });
  }

  int operations() {
    return operations;
  }

  int hedges() {
    return hedges;
  }

  int failed() {
    return failed;
  }

  /** The latency that this part of the operations did not exceed. */
  Duration percentile(double part) {
    List<Long> sorted = latenciesNanos.stream().sorted().toList();
    return Duration.ofNanos(sorted.get((int) Math.min(sorted.size() - 1, part * sorted.size())));
  }

  /** How many operations took longer. */
  long slowerThan(Duration limit) {
    return latenciesNanos.stream().filter(nanos -> nanos > limit.toNanos()).count();
  }
}
