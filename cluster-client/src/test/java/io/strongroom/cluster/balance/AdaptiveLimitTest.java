package io.strongroom.cluster.balance;

import static org.assertj.core.api.Assertions.assertThat;

import java.time.Duration;
import org.junit.jupiter.api.Test;

class AdaptiveLimitTest {

  private static final int FIRST = 64;
  private static final int MOST = 240;

  private final ManualTicker ticker = new ManualTicker();
  private final AdaptiveLimit limit = new AdaptiveLimit(FIRST, MOST, ticker.nanos());

  @Test
  void limit_whileAnswersComeInTime_growsToTheMost() {
    rounds(100, false);
    assertThat(limit.limit()).isEqualTo(MOST);
  }

  @Test
  void limit_whileAllAnswersAreSlow_fallsToOneAndNoFurther() {
    rounds(100, true);
    assertThat(limit.limit()).isEqualTo(1);
  }

  @Test
  void limit_atOneWhenAnswersComeInTimeAgain_growsAgain() {
    rounds(100, true);
    rounds(100, false);
    assertThat(limit.limit()).isEqualTo(MOST);
  }

  @Test
  void limit_whileItIsNotReached_staysWhatItIs() {
    for (int i = 0; i < 10_000; i++) {
      answer(1, i % 2 == 0);
    }
    assertThat(limit.limit()).isEqualTo(FIRST);
  }

  @Test
  void limit_afterAnHourOfNothing_isWhatItWas() {
    rounds(3, false);
    int before = limit.limit();
    ticker.pass(Duration.ofHours(1));
    answer(before, true);
    assertThat(limit.limit()).isEqualTo(before);
  }

  @Test
  void limit_whileAThirdOfAnswersIsSlow_staysWhatItIs() {
    for (int i = 0; i < 10_000; i++) {
      answer(limit.limit(), i % 3 == 0);
    }
    assertThat(limit.limit()).isEqualTo(FIRST);
  }

  @Test
  void limit_onRefusal_isHalved() {
    limit.refused(ticker.nanos(), ticker.nanos());
    assertThat(limit.limit()).isEqualTo(FIRST / 2);
  }

  @Test
  void limit_onRefusalsOfOperationsFromBeforeTheFirst_isHalvedOnce() {
    long began = ticker.nanos();
    ticker.pass(Duration.ofMillis(1));
    for (int i = 0; i < 20; i++) {
      limit.refused(ticker.nanos(), began);
    }
    assertThat(limit.limit()).isEqualTo(FIRST / 2);
  }

  @Test
  void limit_onSlowAnswersToOperationsFromBeforeTheLastDecision_staysWhatItIs() {
    long began = ticker.nanos();
    rounds(1, true);
    int decided = limit.limit();
    for (int i = 0; i < 1000; i++) {
      limit.answered(ticker.nanos(), began, FIRST, true);
    }
    assertThat(limit.limit()).isEqualTo(decided);
  }

  private void rounds(int rounds, boolean slow) {
    for (int i = 0; i < rounds; i++) {
      int answers = Math.max(8, limit.limit());
      for (int j = 0; j < answers; j++) {
        answer(limit.limit(), slow);
      }
    }
  }

  private void answer(int atOnce, boolean slow) {
    long began = ticker.nanos();
    ticker.pass(Duration.ofMillis(1));
    limit.answered(ticker.nanos(), began, atOnce, slow);
  }
}
