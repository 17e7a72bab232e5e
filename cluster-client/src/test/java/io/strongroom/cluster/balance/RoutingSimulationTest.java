package io.strongroom.cluster.balance;

import static org.assertj.core.api.Assertions.assertThat;

import io.strongroom.cluster.balance.SimulatedNode.Mode;
import java.time.Duration;
import java.util.List;
import java.util.Random;
import java.util.Set;
import org.jspecify.annotations.Nullable;
import org.junit.jupiter.api.Test;

/**
 * The policy as a whole — choice, ejection, return, limit, budget — in simulated time, beside a
 * round robin that knows nothing of the nodes. Three nodes of 8 operations a millisecond each, and
 * a quarter of what they can do.
 */
class RoutingSimulationTest {

  private static final double PER_SECOND = 6000;
  private static final Duration SECOND = Duration.ofSeconds(1);

  private final ManualTicker ticker = new ManualTicker();
  private final Floors floors = new Floors();
  private final SimulatedNode a = node("a");
  private final SimulatedNode b = node("b");
  private final SimulatedNode c = node("c");
  private final List<SimulatedNode> nodes = List.of(a, b, c);

  /** The policy that is tested. */
  private final class Policy implements Simulation.Router {
    private final Selector selector;
    private final RetryBudget budget =
        new RetryBudget(new RetryBudget.Policy(0.2, 50, 1000), ticker);

    Policy(List<SimulatedNode> used) {
      List<Member> members = used.stream().map(SimulatedNode::member).toList();
      selector = new Selector(members, new ZoneFirst("", 4), new Random(7));
    }

    @Override
    public @Nullable SimulatedNode choose(List<SimulatedNode> all, Set<SimulatedNode> tried) {
      Member member = selector.select(m -> tried.stream().noneMatch(node -> node.member() == m));
      return member == null
          ? null
          : all.stream().filter(node -> node.member() == member).findFirst().orElse(null);
    }

    @Override
    public void began() {
      budget.deposit();
    }

    @Override
    public boolean mayRepeat() {
      return budget.withdraw();
    }
  }

  /** One after the other, whatever happens. */
  private static final class RoundRobin implements Simulation.Router {
    private int next;

    @Override
    public SimulatedNode choose(List<SimulatedNode> all, Set<SimulatedNode> tried) {
      next = (next + 1) % all.size();
      return all.get(next);
    }

    @Override
    public void began() {}

    @Override
    public boolean mayRepeat() {
      return true;
    }
  }

  @Test
  void load_onThreeEqualNodes_isSpreadEvenly() {
    Simulation simulation = simulate(new Policy(nodes));
    simulation.run(SECOND.multipliedBy(5));
    assertThat(simulation.failed()).isZero();
    assertThat(nodes).allSatisfy(node -> assertThat(share(node)).isBetween(0.28, 0.39));
    assertThat(simulation.percentile(0.99)).isLessThan(Duration.ofMillis(4));
  }

  @Test
  void load_withANodeAHundredTimesSlower_hardlyGoesThere() {
    Simulation simulation = simulate(new Policy(nodes));
    simulation.run(SECOND.multipliedBy(2));
    c.slowDown(100);
    simulation.run(SECOND.multipliedBy(5));
    assertThat(simulation.failed()).isZero();
    assertThat(share(c)).isLessThan(0.02);
    assertThat(simulation.percentile(0.99)).isLessThan(Duration.ofMillis(20));
  }

  @Test
  void roundRobin_withANodeAHundredTimesSlower_isSlowForMoreThanATenth() {
    Simulation simulation = simulate(new RoundRobin());
    simulation.run(SECOND.multipliedBy(2));
    c.slowDown(100);
    simulation.run(SECOND.multipliedBy(5));
    assertThat(share(c)).isGreaterThan(0.25);
    assertThat(simulation.percentile(0.9)).isGreaterThan(Duration.ofMillis(100));
  }

  @Test
  void load_withANodeThatFailsAtOnceAndPassesProbes_isDoneByTheOthers() {
    Simulation simulation = simulate(new Policy(nodes));
    simulation.run(SECOND.multipliedBy(2));
    c.behave(Mode.FAILING);
    simulation.run(SECOND.multipliedBy(10));
    assertThat(simulation.failed()).isZero();
    assertThat(share(c)).isLessThan(0.01);
    assertThat(c.member().failures()).isPositive();
  }

  @Test
  void load_withANodeThatFallsSilent_waitsForItWithFewOperationsOnly() {
    Simulation simulation = simulate(new Policy(nodes));
    simulation.run(SECOND.multipliedBy(2));
    c.behave(Mode.SILENT);
    simulation.run(SECOND.multipliedBy(5));
    assertThat(simulation.failed()).isZero();
    assertThat(c.member().serves()).isFalse();
    assertThat(simulation.slowerThan(Duration.ofMillis(900)))
        .isLessThan(simulation.operations() / 200);
    assertThat(simulation.percentile(0.99)).isLessThan(Duration.ofMillis(20));
  }

  @Test
  void roundRobin_withANodeThatFallsSilent_waitsForItAllTheTime() {
    Simulation simulation = simulate(new RoundRobin());
    simulation.run(SECOND.multipliedBy(2));
    c.behave(Mode.SILENT);
    simulation.run(SECOND.multipliedBy(5));
    assertThat(simulation.percentile(0.9)).isGreaterThan(SECOND);
  }

  @Test
  void load_afterANodeHasReturned_goesThereMoreAndMore() {
    Simulation simulation = simulate(new Policy(nodes));
    simulation.run(SECOND);
    c.behave(Mode.SILENT);
    simulation.run(SECOND.multipliedBy(3));
    assertThat(share(c)).isLessThan(0.05);
    c.behave(Mode.WELL);
    while (!c.member().serves()) {
      simulation.run(Duration.ofMillis(100));
    }
    simulation.run(SECOND);
    double first = share(c);
    simulation.run(SECOND.multipliedBy(3));
    double middle = share(c);
    simulation.run(SECOND.multipliedBy(3));
    assertThat(first).isBetween(0.02, 0.15);
    assertThat(middle).isBetween(first, 0.3);
    assertThat(share(c)).isBetween(0.28, 0.39);
    assertThat(simulation.failed()).isZero();
  }

  @Test
  void hedging_ofOperationsThatTakeAHundredTimesLonger_shortensTheLongest() {
    nodes.forEach(node -> node.pauseAt(0.02));
    Simulation simulation = simulate(new Policy(nodes));
    simulation.run(SECOND.multipliedBy(10));
    Duration p99 = simulation.percentile(0.99);
    simulation.hedgeAfter(Duration.ofMillis(10));
    simulation.run(SECOND.multipliedBy(10));
    assertThat(simulation.percentile(0.99)).isLessThan(p99.dividedBy(2));
    assertThat(simulation.hedges()).isBetween(1, simulation.operations() / 20);
  }

  @Test
  void hedging_withOneNodeAHundredTimesSlower_asksFewTwice() {
    Simulation simulation = simulate(new Policy(nodes));
    simulation.run(SECOND.multipliedBy(2));
    c.slowDown(100);
    simulation.hedgeAfter(Duration.ofMillis(10));
    simulation.run(SECOND.multipliedBy(5));
    assertThat(simulation.hedges()).isLessThan(simulation.operations() / 50);
    assertThat(simulation.percentile(0.999)).isLessThan(Duration.ofMillis(100));
  }

  @Test
  void attempts_whenAllNodesFail_stayWithinTheBudget() {
    Simulation simulation = simulate(new Policy(nodes));
    simulation.run(SECOND);
    nodes.forEach(node -> node.behave(Mode.FAILING));
    simulation.run(SECOND.multipliedBy(10));
    int attempts = nodes.stream().mapToInt(SimulatedNode::asked).sum();
    assertThat(attempts).isLessThan((int) (simulation.operations() * 1.2) + 1000 + 50 * 10);
  }

  @Test
  void limit_withAFewOperationsOfASlowKind_doesNotCollapse() {
    Simulation simulation = simulate(new Policy(nodes));
    simulation.load(new Kind("SIGN", "RSA_4096", 0), 100, 20);
    simulation.run(SECOND.multipliedBy(20));
    assertThat(nodes).allSatisfy(node -> assertThat(node.member().limit()).isGreaterThan(16));
    assertThat(simulation.failed()).isZero();
  }

  @Test
  void limit_ofANodeWithMoreThanItCanDo_fallsToWhatItTakesWell() {
    Simulation simulation = new Simulation(ticker, List.of(a), new Policy(List.of(a)));
    simulation.load(Simulation.SIGN, 20, 2000);
    simulation.run(SECOND.multipliedBy(5));
    assertThat(a.member().limit()).isBetween(8, 63);
  }

  private Simulation simulate(Simulation.Router router) {
    Simulation simulation = new Simulation(ticker, nodes, router);
    simulation.load(Simulation.SIGN, 1, PER_SECOND);
    return simulation;
  }

  private double share(SimulatedNode node) {
    return (double) node.asked() / nodes.stream().mapToInt(SimulatedNode::asked).sum();
  }

  private SimulatedNode node(String name) {
    return new SimulatedNode(new Member(name, "az-" + name, HealthPolicy.DEFAULT, ticker, floors));
  }
}
