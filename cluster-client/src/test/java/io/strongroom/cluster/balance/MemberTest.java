package io.strongroom.cluster.balance;

import static org.assertj.core.api.Assertions.assertThat;

import java.time.Duration;
import java.util.List;
import java.util.stream.IntStream;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;

class MemberTest {

  private static final Duration MILLI = Duration.ofMillis(1);
  private static final Kind SIGN = new Kind("SIGN", "EC_256", 0);

  private final ManualTicker ticker = new ManualTicker();
  private final Floors floors = new Floors();
  private final Member member = member("a");

  @BeforeEach
  void join() {
    member.joined();
  }

  @Test
  void member_beforeItJoined_takesNothing() {
    assertThat(member("b").serves()).isFalse();
  }

  @Test
  void member_onThreeFailuresInARow_isEjectedOnce() {
    assertThat(end(Outcome.FAILED)).isFalse();
    assertThat(end(Outcome.FAILED)).isFalse();
    assertThat(end(Outcome.FAILED)).isTrue();
    assertThat(end(Outcome.FAILED)).isFalse();
    assertThat(member.serves()).isFalse();
    assertThat(member.ejections()).isEqualTo(1);
  }

  @Test
  void member_withAnswersBetweenFailures_goesOnServing() {
    for (int i = 0; i < 20; i++) {
      end(Outcome.FAILED);
      end(Outcome.ANSWERED);
      end(Outcome.ANSWERED);
    }
    assertThat(member.serves()).isTrue();
  }

  @Test
  void member_whenThrottling_goesOnServing() {
    IntStream.range(0, 20).forEach(i -> end(Outcome.THROTTLED));
    assertThat(member.serves()).isTrue();
  }

  @Test
  void member_onLostConnection_isEjectedAtOnce() {
    assertThat(member.lost()).isTrue();
    assertThat(member.lost()).isFalse();
    assertThat(member.serves()).isFalse();
    assertThat(member.share()).isZero();
  }

  @Test
  void ejectedMember_onLateAnswer_staysEjected() {
    Attempt late = member.begin(SIGN);
    member.lost();
    late.end(Outcome.ANSWERED);
    assertThat(member.serves()).isFalse();
  }

  @Test
  void ejectedMember_onFailedProbes_isProbedLessAndLess() {
    member.lost();
    assertThat(member.untilProbe()).isEqualTo(Duration.ofMillis(100));
    member.probeFailed();
    assertThat(member.untilProbe()).isEqualTo(Duration.ofMillis(200));
    IntStream.range(0, 100).forEach(i -> member.probeFailed());
    assertThat(member.untilProbe()).isEqualTo(Duration.ofSeconds(2));
  }

  @Test
  void probedMember_comesBackWithASmallShareThatGrows() {
    member.lost();
    member.probed();
    assertThat(member.share()).isEqualTo(0.1);
    ticker.pass(Duration.ofMillis(2500));
    assertThat(member.share()).isBetween(0.54, 0.56);
    ticker.pass(Duration.ofMillis(2500));
    assertThat(member.share()).isEqualTo(1);
  }

  @Test
  void returningMember_onOneFailure_isEjectedAndWaitsLonger() {
    member.lost();
    member.probed();
    assertThat(end(Outcome.FAILED)).isTrue();
    assertThat(member.untilProbe()).isEqualTo(Duration.ofMillis(200));
    assertThat(member.ejections()).isEqualTo(2);
  }

  @Test
  void returnedMember_afterTheRamp_takesThreeFailuresAgain() {
    member.lost();
    member.probed();
    ticker.pass(Duration.ofSeconds(5));
    end(Outcome.ANSWERED);
    assertThat(end(Outcome.FAILED)).isFalse();
    assertThat(end(Outcome.FAILED)).isFalse();
    assertThat(end(Outcome.FAILED)).isTrue();
  }

  @Test
  void member_withHalfOfThirtyTwoFailing_isEjected() {
    boolean ejected = false;
    for (int i = 0; i < 16 && !ejected; i++) {
      end(Outcome.ANSWERED);
      ejected = end(Outcome.FAILED);
    }
    assertThat(ejected).isTrue();
  }

  @Test
  void member_whoseCallersEarnRefusals_goesOnServing() {
    IntStream.range(0, 100).forEach(i -> end(Outcome.REFUSED));
    assertThat(member.serves()).isTrue();
    assertThat(member.ejections()).isZero();
    assertThat(member.failures()).isZero();
  }

  @Test
  void member_whoseOperationsSayNothingOfIt_goesOnServing() {
    IntStream.range(0, 20).forEach(i -> end(Outcome.UNTOLD));
    assertThat(member.serves()).isTrue();
    assertThat(member.outstanding()).isZero();
  }

  @Test
  void member_contradictedThreeTimes_isEjected() {
    assertThat(contradicted()).isFalse();
    assertThat(contradicted()).isFalse();
    assertThat(contradicted()).isTrue();
    assertThat(member.serves()).isFalse();
    assertThat(member.failures()).isEqualTo(3);
  }

  private boolean contradicted() {
    end(Outcome.UNTOLD);
    return member.contradicted();
  }

  @Test
  void cost_growsWithWorkUnderWay() {
    end(Outcome.ANSWERED);
    double idle = member.cost();
    member.begin(SIGN);
    assertThat(member.cost()).isEqualTo(2 * idle);
  }

  @Test
  void slowness_isTheRatioToTheFastestNode_fromTheSecondSlowAnswerOn() {
    end(Outcome.ANSWERED);
    Member slow = member("b");
    slow.joined();
    end(slow, SIGN, MILLI.multipliedBy(30), Outcome.ANSWERED);
    assertThat(slow.slowness()).isEqualTo(1);
    end(slow, SIGN, MILLI.multipliedBy(30), Outcome.ANSWERED);
    assertThat(member.slowness()).isEqualTo(1);
    assertThat(slow.slowness()).isEqualTo(30);
  }

  @Test
  void slowness_ofNodesThatDoDifferentWork_isTheSame() {
    end(Outcome.ANSWERED);
    Member other = member("b");
    other.joined();
    Kind slowKind = new Kind("SIGN", "RSA_4096", 0);
    end(other, slowKind, MILLI.multipliedBy(50), Outcome.ANSWERED);
    assertThat(other.slowness()).isEqualTo(member.slowness());
  }

  @Test
  void slowness_ofANodeThatFailsFast_growsWithEachFailure() {
    end(Outcome.ANSWERED);
    end(member, SIGN, Duration.ofNanos(1), Outcome.FAILED);
    assertThat(member.slowness()).isEqualTo(8);
    end(member, SIGN, Duration.ofNanos(1), Outcome.FAILED);
    assertThat(member.slowness()).isEqualTo(64);
  }

  @Test
  void slowness_ofANodeThatRefusesFast_staysWhatItWas() {
    end(Outcome.ANSWERED);
    end(member, SIGN, MILLI.multipliedBy(10), Outcome.ANSWERED);
    end(member, SIGN, MILLI.multipliedBy(10), Outcome.ANSWERED);
    end(member, SIGN, Duration.ofNanos(1), Outcome.REFUSED);
    assertThat(member.slowness()).isEqualTo(10);
    assertThat(member.latency()).isEqualTo(MILLI.multipliedBy(10));
  }

  @Test
  void slowness_ofANodeThatIsSilent_growsWithTime() {
    end(Outcome.ANSWERED);
    member.begin(SIGN);
    ticker.pass(Duration.ofMillis(500));
    assertThat(member.slowness()).isEqualTo(50);
  }

  @Test
  void slowness_ofANodeThatHasNothingToDo_doesNotGrow() {
    end(Outcome.ANSWERED);
    ticker.pass(Duration.ofHours(1));
    assertThat(member.slowness()).isEqualTo(1);
  }

  @Test
  void slowness_ofOneHungOperation_doesNotGrowWhileOthersAreAnswered() {
    end(Outcome.ANSWERED);
    member.begin(SIGN);
    for (int i = 0; i < 1000; i++) {
      end(Outcome.ANSWERED);
    }
    assertThat(member.slowness()).isEqualTo(1);
  }

  @Test
  void returningMember_hasForgottenHowSlowItWas() {
    end(Outcome.ANSWERED);
    end(member, SIGN, Duration.ofSeconds(2), Outcome.FAILED);
    member.lost();
    member.probed();
    assertThat(member.slowness()).isEqualTo(1);
  }

  @Test
  void returningMember_getsFewAtOnceAndMoreWithTime() {
    int full = member.limit();
    member.lost();
    member.probed();
    assertThat(member.limit()).isBetween(1, full / 5);
    ticker.pass(Duration.ofMillis(2500));
    assertThat(member.limit()).isBetween(full / 2, full * 3 / 5);
    ticker.pass(Duration.ofMillis(2500));
    assertThat(member.limit()).isEqualTo(full);
  }

  @Test
  void throttlingMember_getsAPauseThatGrowsUntilItAnswers() {
    end(Outcome.THROTTLED);
    Duration first = member.pause();
    assertThat(first).isPositive();
    assertThat(member.saturated()).isTrue();
    ticker.pass(first);
    assertThat(member.saturated()).isFalse();
    end(Outcome.THROTTLED);
    assertThat(member.pause()).isEqualTo(first.multipliedBy(2));
    ticker.pass(first.multipliedBy(2));
    end(Outcome.ANSWERED);
    end(Outcome.THROTTLED);
    assertThat(member.pause()).isEqualTo(first);
  }

  @Test
  void throttlingMember_onRefusalsOfOneMoment_getsOnePauseAndHalfTheLimit() {
    int full = member.limit();
    List<Attempt> all = IntStream.range(0, 20).mapToObj(i -> member.begin(SIGN)).toList();
    all.forEach(attempt -> attempt.end(Outcome.THROTTLED));
    assertThat(member.pause()).isEqualTo(Duration.ofMillis(20));
    assertThat(member.limit()).isEqualTo(full / 2);
    assertThat(member.throttled()).isEqualTo(20);
    assertThat(member.serves()).isTrue();
  }

  @Test
  void member_withEightQueuedPerSession_isSaturated() {
    member.sessions(10);
    IntStream.range(0, 79).forEach(i -> member.begin(SIGN));
    assertThat(member.saturated()).isFalse();
    member.begin(SIGN);
    assertThat(member.saturated()).isTrue();
  }

  @Test
  void member_withManySessions_staysBelowTheNodesLimit() {
    member.sessions(1000);
    IntStream.range(0, 240).forEach(i -> member.begin(SIGN));
    assertThat(member.saturated()).isTrue();
  }

  private Member member(String name) {
    return new Member(name, "az-" + name, HealthPolicy.DEFAULT, ticker, floors);
  }

  private boolean end(Outcome outcome) {
    return end(member, SIGN, MILLI, outcome);
  }

  private boolean end(Member node, Kind kind, Duration took, Outcome outcome) {
    Attempt attempt = node.begin(kind);
    ticker.pass(took);
    return attempt.end(outcome);
  }
}
