package io.strongroom.cluster.balance;

import static org.assertj.core.api.Assertions.assertThat;

import java.time.Duration;
import org.junit.jupiter.api.Test;

class PeakEwmaTest {

  private final ManualTicker ticker = new ManualTicker();
  private final PeakEwma latency = new PeakEwma(Duration.ofSeconds(10));

  @Test
  void estimate_withoutObservation_isZero() {
    assertThat(latency.estimate()).isZero();
  }

  @Test
  void estimate_onSlowerAnswer_jumpsAtOnce() {
    observe(1);
    observe(80);
    assertThat(latency.estimate()).isEqualTo(80);
  }

  @Test
  void estimate_onFasterAnswers_comesDownWithTime() {
    observe(100);
    ticker.pass(Duration.ofSeconds(10));
    observe(0);
    assertThat(latency.estimate()).isBetween(36.0, 38.0);
  }

  @Test
  void estimate_onFasterAnswerAtTheSameMoment_staysUp() {
    observe(100);
    observe(1);
    assertThat(latency.estimate()).isEqualTo(100);
  }

  private void observe(double value) {
    latency.observe(ticker.nanos(), value);
  }
}
