package io.strongroom.cluster.balance;

import static org.assertj.core.api.Assertions.assertThat;

import java.time.Duration;
import java.util.stream.IntStream;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;

class MemberTest {

  private static final Duration MILLI = Duration.ofMillis(1);

  private final ManualTicker ticker = new ManualTicker();
  private final Member member = new Member("a", "az-a", HealthPolicy.DEFAULT, ticker);

  @BeforeEach
  void join() {
    member.joined();
  }

  @Test
  void member_beforeItJoined_takesNothing() {
    assertThat(new Member("b", "az-b", HealthPolicy.DEFAULT, ticker).serves()).isFalse();
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
      end(Outcome.FAILED);
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
    member.begin();
    member.lost();
    member.end(Outcome.ANSWERED, MILLI);
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
    member.probed(MILLI);
    assertThat(member.share()).isEqualTo(0.1);
    ticker.pass(Duration.ofMillis(2500));
    assertThat(member.share()).isBetween(0.54, 0.56);
    ticker.pass(Duration.ofMillis(2500));
    assertThat(member.share()).isEqualTo(1);
  }

  @Test
  void returningMember_onOneFailure_isEjectedAndWaitsLonger() {
    member.lost();
    member.probed(MILLI);
    assertThat(end(Outcome.FAILED)).isTrue();
    assertThat(member.untilProbe()).isEqualTo(Duration.ofMillis(200));
    assertThat(member.ejections()).isEqualTo(2);
  }

  @Test
  void returnedMember_afterTheRamp_takesThreeFailuresAgain() {
    member.lost();
    member.probed(MILLI);
    ticker.pass(Duration.ofSeconds(5));
    end(Outcome.ANSWERED);
    assertThat(end(Outcome.FAILED)).isFalse();
    assertThat(end(Outcome.FAILED)).isFalse();
    assertThat(end(Outcome.FAILED)).isTrue();
  }

  @Test
  void cost_growsWithWorkUnderWayAndLatency() {
    end(Outcome.ANSWERED);
    double idle = member.cost();
    member.begin();
    assertThat(member.cost()).isEqualTo(2 * idle);
    member.begin();
    member.end(Outcome.ANSWERED, MILLI.multipliedBy(3));
    assertThat(member.cost()).isEqualTo(6 * idle);
  }

  @Test
  void member_withEightQueuedPerSession_isSaturated() {
    member.sessions(10);
    IntStream.range(0, 79).forEach(i -> member.begin());
    assertThat(member.saturated()).isFalse();
    member.begin();
    assertThat(member.saturated()).isTrue();
  }

  @Test
  void member_withManySessions_staysBelowTheNodesLimit() {
    member.sessions(1000);
    IntStream.range(0, 240).forEach(i -> member.begin());
    assertThat(member.saturated()).isTrue();
  }

  private boolean end(Outcome outcome) {
    member.begin();
    return member.end(outcome, MILLI);
  }
}
