package io.strongroom.hsm.pkcs11;

import static org.assertj.core.api.Assertions.assertThat;

import java.util.function.IntToDoubleFunction;
import java.util.random.RandomGenerator;
import java.util.random.RandomGeneratorFactory;
import org.junit.jupiter.api.Test;

/** Devices as formulas: how many calls a millisecond they do with so many at once. */
class ConcurrencyLimitTest {
  private static final long WINDOW_NANOS = 10_000_000;
  private static final int WINDOWS = 2_000;

  // What was measured of SoftHSM2 with session keys: one lock, and two processors.
  private static final IntToDoubleFunction LOCKING =
      atOnce -> atOnce == 1 ? 110 : Math.max(40, 80 - 2.0 * atOnce);
  private static final IntToDoubleFunction TWO_PROCESSORS = atOnce -> 18 * Math.min(2, atOnce);
  private static final IntToDoubleFunction SLOW_NETWORK = atOnce -> atOnce;

  private final RandomGenerator noise = RandomGeneratorFactory.of("L64X128MixRandom").create(7);

  /** Simulates windows of time and gives the mean of the limits in the second half. */
  private double settle(ConcurrencyLimit limit, IntToDoubleFunction device, int demand) {
    double sum = 0;
    for (int i = 0; i < WINDOWS; i++) {
      int atOnce = Math.min(limit.limit(), demand);
      double factor = 1 + 0.1 * (noise.nextDouble() - 0.5);
      long calls = (long) (device.applyAsDouble(atOnce) * factor * WINDOW_NANOS / 1e6);
      sum += i >= WINDOWS / 2 ? limit.limit() : 0;
      limit.window(calls, WINDOW_NANOS, demand);
      assertThat(limit.limit()).isPositive();
    }
    return sum / (WINDOWS - WINDOWS / 2);
  }

  @Test
  void limit_onADeviceWithOneLock_isOne() {
    assertThat(settle(new ConcurrencyLimit(8), LOCKING, 32)).isLessThan(1.3);
  }

  @Test
  void limit_onADeviceThatUsesTwoProcessors_isTwoOrLittleMore() {
    assertThat(settle(new ConcurrencyLimit(8), TWO_PROCESSORS, 32)).isBetween(1.8, 3.0);
  }

  @Test
  void limit_onADeviceThatWantsManyAtOnce_staysAtTheMost() {
    assertThat(settle(new ConcurrencyLimit(30), SLOW_NETWORK, 64)).isGreaterThan(28);
  }

  @Test
  void limit_afterTheDeviceChanged_follows() {
    ConcurrencyLimit limit = new ConcurrencyLimit(30);
    settle(limit, LOCKING, 64);
    settle(limit, SLOW_NETWORK, 64);
    assertThat(settle(limit, SLOW_NETWORK, 64)).isGreaterThan(28);
    settle(limit, LOCKING, 64);
    assertThat(settle(limit, LOCKING, 64)).isLessThan(1.5);
  }

  @Test
  void limit_withFewCallers_isFoundForThem() {
    assertThat(settle(new ConcurrencyLimit(8), LOCKING, 4)).isLessThan(1.3);
  }

  @Test
  void limit_withOneCaller_staysAsItIs() {
    assertThat(settle(new ConcurrencyLimit(8), LOCKING, 1)).isEqualTo(8);
  }

  @Test
  void limit_ofOne_staysOne() {
    assertThat(settle(new ConcurrencyLimit(1), SLOW_NETWORK, 32)).isEqualTo(1);
  }

  @Test
  void limit_whenSlowCallsFollowQuickOnes_isUpWithinAQuarterOfASecond() {
    ConcurrencyLimit limit = new ConcurrencyLimit(32);
    settle(limit, LOCKING, 64);
    assertThat(settle(limit, LOCKING, 64)).isLessThan(1.5);
    int windows = 0;
    while (limit.limit() < 32 && windows < 100) {
      limit.window(10L * limit.limit(), WINDOW_NANOS, 64);
      windows++;
    }
    assertThat(windows).isLessThan(25);
  }
}
