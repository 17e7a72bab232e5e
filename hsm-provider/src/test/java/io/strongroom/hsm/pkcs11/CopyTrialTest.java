package io.strongroom.hsm.pkcs11;

import static org.assertj.core.api.Assertions.assertThat;

import org.junit.jupiter.api.Test;

class CopyTrialTest {

  private static CopyTrial decided(long keyNanos, long copyNanos) {
    CopyTrial trial = new CopyTrial();
    for (int i = 0; i < CopyTrial.CALLS_EACH; i++) {
      // One call of each was interrupted for long.
      long pauseNanos = i == 3 ? 50_000_000 : 0;
      trial.took(true, copyNanos + pauseNanos);
      trial.took(false, keyNanos);
    }
    return trial;
  }

  @Test
  void copy_clearlyFaster_isPreferred() {
    assertThat(decided(22_000, 9_000).copyIsFaster()).isTrue();
  }

  @Test
  void copy_asFast_isNotWorthIt() {
    assertThat(decided(600_000, 590_000).copyIsFaster()).isFalse();
  }

  @Test
  void calls_goByTurns_untilThereAreEnoughOfBoth() {
    CopyTrial trial = new CopyTrial();
    for (int i = 0; i < 2 * CopyTrial.CALLS_EACH; i++) {
      assertThat(trial.isDecided()).isFalse();
      trial.took(trial.next(), 1);
    }
    assertThat(trial.isDecided()).isTrue();
  }
}
