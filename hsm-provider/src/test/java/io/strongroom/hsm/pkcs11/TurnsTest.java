package io.strongroom.hsm.pkcs11;

import static org.assertj.core.api.Assertions.assertThat;

import java.util.concurrent.atomic.AtomicLong;
import org.junit.jupiter.api.Test;

/** Turns by a clock that the test moves. */
class TurnsTest {
  private static final int MOST = 4;
  private static final long MILLISECOND = 1_000_000;

  private final AtomicLong clock = new AtomicLong();
  private final Turns turns = new Turns(MOST, clock::get);

  /** As many calls at once as may be, on a device that takes a millisecond for each. */
  private int callAtOnce() throws InterruptedException {
    int places = turns.places();
    for (int i = 0; i < places; i++) {
      assertThat(turns.take(Long.MAX_VALUE)).isTrue();
    }
    clock.addAndGet(MILLISECOND);
    for (int i = 0; i < places; i++) {
      turns.release();
    }
    return places;
  }

  @Test
  void places_whenCallsComeInBursts_areNotReducedForTheIdleTime() throws InterruptedException {
    // One more than the limit may call, so that the demand is seen to be there.
    turns.longCalls(1);
    for (int burst = 0; burst < 300; burst++) {
      int least = MOST;
      for (int i = 0; i < 15; i++) {
        least = Math.min(least, callAtOnce());
      }
      assertThat(least).isGreaterThanOrEqualTo(MOST - 1);
      clock.addAndGet(450 * MILLISECOND);
    }
  }
}
