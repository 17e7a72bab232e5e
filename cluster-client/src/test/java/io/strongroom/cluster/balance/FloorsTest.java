package io.strongroom.cluster.balance;

import static org.assertj.core.api.Assertions.assertThat;

import java.time.Duration;
import org.junit.jupiter.api.Test;

class FloorsTest {

  private static final Kind FAST = new Kind("ENCRYPT", "AES_256", 0);
  private static final Kind SLOW = new Kind("SIGN", "RSA_4096", 0);

  private final ManualTicker ticker = new ManualTicker();
  private final Floors floors = new Floors();

  @Test
  void floor_isTheShortestOfItsKind() {
    observe(SLOW, 900);
    observe(FAST, 3);
    assertThat(observe(SLOW, 1000)).isEqualTo(900);
    assertThat(observe(FAST, 5)).isEqualTo(3);
  }

  @Test
  void floor_ofADeviceThatIsSlowerForGood_isLearnt() {
    observe(FAST, 3);
    double floor = 0;
    for (int i = 0; i < 30; i++) {
      ticker.pass(Duration.ofSeconds(1));
      floor = observe(FAST, 300);
    }
    assertThat(floor).isEqualTo(300);
  }

  @Test
  void floor_afterAnHourOfNothing_isStillKnown() {
    observe(FAST, 3);
    ticker.pass(Duration.ofHours(1));
    assertThat(observe(FAST, 300)).isEqualTo(3);
  }

  @Test
  void floors_ofMoreKindsThanAreKept_goOn() {
    for (int i = 0; i < 1000; i++) {
      observe(new Kind("SIGN", "SECRET_" + i, 0), i);
    }
    assertThat(observe(FAST, 7)).isEqualTo(7);
  }

  private double observe(Kind kind, double took) {
    return floors.observe(ticker.nanos(), kind, took);
  }
}
