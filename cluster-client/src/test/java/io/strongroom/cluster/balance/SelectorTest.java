package io.strongroom.cluster.balance;

import static org.assertj.core.api.Assertions.assertThat;

import java.time.Duration;
import java.util.List;
import java.util.Objects;
import java.util.Random;
import java.util.stream.IntStream;
import java.util.stream.Stream;
import org.junit.jupiter.api.Test;

class SelectorTest {

  private static final int PICKS = 10_000;

  private static final Kind SIGN = new Kind("SIGN", "EC_256", 0);

  private final ManualTicker ticker = new ManualTicker();
  private final Floors floors = new Floors();
  private final Member a = member("a", "az-a");
  private final Member a2 = member("a2", "az-a");
  private final Member b = member("b", "az-b");
  private final Member c = member("c", "az-c");

  @Test
  void select_withOwnZoneServing_staysInIt() {
    assertThat(picks(selector("az-a", a, b, c), a)).isEqualTo(PICKS);
  }

  @Test
  void select_withoutOwnZone_usesAllNodes() {
    Selector selector = selector("", a, b, c);
    assertThat(Stream.of(a, b, c).map(m -> picks(selector, m)))
        .allSatisfy(share -> assertThat(share).isBetween(PICKS / 4, PICKS / 2));
  }

  @Test
  void select_withOwnZoneEjected_usesTheOthers() {
    a.lost();
    Selector selector = selector("az-a", a, b, c);
    assertThat(picks(selector, b)).isBetween(PICKS / 3, PICKS * 2 / 3);
    assertThat(picks(selector, a)).isZero();
  }

  @Test
  void select_withOwnZoneSaturated_usesTheOthers() {
    IntStream.range(0, 240).forEach(i -> a.begin(SIGN));
    assertThat(picks(selector("az-a", a, b, c), a)).isZero();
  }

  @Test
  void select_withOwnZoneMuchSlower_spills() {
    observe(a, Duration.ofMillis(100));
    observe(a, Duration.ofMillis(100));
    assertThat(picks(selector("az-a", a, b, c), a)).isZero();
  }

  @Test
  void select_withANodeThatFailsAtOnce_prefersTheOther() {
    end(a, Duration.ofNanos(1), Outcome.FAILED);
    assertThat(picks(selector("az-a", a, a2, b), a2)).isEqualTo(PICKS);
  }

  @Test
  void select_withAnOwnZoneThatFailsAtOnce_spills() {
    end(a, Duration.ofNanos(1), Outcome.FAILED);
    assertThat(picks(selector("az-a", a, b, c), a)).isZero();
  }

  @Test
  void select_withAnOwnZoneThatHasFallenSilent_spills() {
    a.begin(SIGN);
    ticker.pass(Duration.ofMillis(100));
    assertThat(picks(selector("az-a", a, b, c), a)).isZero();
  }

  @Test
  void select_withAThrottlingNode_leavesItInPeaceForAWhile() {
    end(a, Duration.ofMillis(1), Outcome.THROTTLED);
    Selector selector = selector("az-a", a, b, c);
    assertThat(picks(selector, a)).isZero();
    ticker.pass(a.pause());
    assertThat(picks(selector, a)).isEqualTo(PICKS);
  }

  @Test
  void select_withOneSlowAnswerInTheOwnZone_staysInIt() {
    observe(a, Duration.ofMillis(100));
    assertThat(picks(selector("az-a", a, b, c), a)).isEqualTo(PICKS);
  }

  @Test
  void select_withOwnZoneALittleSlower_staysInIt() {
    observe(a, Duration.ofMillis(3));
    observe(a, Duration.ofMillis(3));
    assertThat(picks(selector("az-a", a, b, c), a)).isEqualTo(PICKS);
  }

  @Test
  void select_withWorkThatTheTokenTakesAtOnce_staysInTheOwnZone() {
    a.sessions(8);
    IntStream.range(0, 7).forEach(i -> a.begin(SIGN));
    assertThat(picks(selector("az-a", a, b, c), a)).isEqualTo(PICKS);
  }

  @Test
  void select_withAQueueInTheOwnZone_spills() {
    a.sessions(8);
    IntStream.range(0, 8).forEach(i -> a.begin(SIGN));
    assertThat(picks(selector("az-a", a, b, c), a)).isZero();
  }

  @Test
  void select_amongTwoInAZone_prefersTheCheaper() {
    IntStream.range(0, 2).forEach(i -> a.begin(SIGN));
    assertThat(picks(selector("az-a", a, a2, b), a2)).isEqualTo(PICKS);
  }

  @Test
  void select_withAReturningNode_givesItASmallShareAtFirst() {
    a.lost();
    a.probed();
    Selector selector = selector("az-a", a, b, c);
    assertThat(picks(selector, a)).isBetween(PICKS / 20, PICKS / 5);
    ticker.pass(Duration.ofSeconds(5));
    assertThat(picks(selector, a)).isEqualTo(PICKS);
  }

  @Test
  void select_withNothingButAReturningNode_usesIt() {
    a.lost();
    a.probed();
    assertThat(picks(selector("az-a", a), a)).isEqualTo(PICKS);
  }

  @Test
  void select_amongEligibleNodesOnly_skipsTheOthers() {
    assertThat(selector("az-a", a, b, c).select(m -> m == c)).isSameAs(c);
  }

  @Test
  void select_withNoServingNode_givesNone() {
    a.lost();
    assertThat(selector("az-a", a).select(m -> true)).isNull();
  }

  @Test
  void select_underEvenLoad_spreadsItEvenly() {
    Selector selector = selector("", a, b, c);
    for (int i = 0; i < 150; i++) {
      Objects.requireNonNull(selector.select(m -> true)).begin(SIGN);
    }
    assertThat(List.of(a, b, c)).allSatisfy(m -> assertThat(m.outstanding()).isBetween(45, 55));
  }

  private int picks(Selector selector, Member wanted) {
    return (int)
        IntStream.range(0, PICKS).filter(i -> selector.select(m -> true) == wanted).count();
  }

  private static Selector selector(String zone, Member... members) {
    return new Selector(List.of(members), new ZoneFirst(zone, 4), new Random(7));
  }

  private Member member(String name, String zone) {
    Member member = new Member(name, zone, HealthPolicy.DEFAULT, ticker, floors);
    member.joined();
    observe(member, Duration.ofMillis(1));
    return member;
  }

  private void observe(Member member, Duration took) {
    end(member, took, Outcome.ANSWERED);
  }

  private void end(Member member, Duration took, Outcome outcome) {
    Attempt attempt = member.begin(SIGN);
    ticker.pass(took);
    attempt.end(outcome);
  }
}
