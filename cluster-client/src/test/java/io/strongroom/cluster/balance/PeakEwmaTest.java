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
    observe(Duration.ofMillis(1));
    observe(Duration.ofMillis(80));
    assertThat(latency.estimate()).isEqualTo(Duration.ofMillis(80));
  }

  @Test
  void estimate_onFasterAnswers_comesDownWithTime() {
    observe(Duration.ofMillis(100));
    ticker.pass(Duration.ofSeconds(10));
    observe(Duration.ZERO);
    assertThat(latency.estimate()).isBetween(Duration.ofMillis(36), Duration.ofMillis(38));
  }

  @Test
  void estimate_onFasterAnswerAtTheSameMoment_staysUp() {
    observe(Duration.ofMillis(100));
    observe(Duration.ofMillis(1));
    assertThat(latency.estimate()).isEqualTo(Duration.ofMillis(100));
  }

  private void observe(Duration took) {
    latency.observe(ticker.nanos(), took);
  }
}
