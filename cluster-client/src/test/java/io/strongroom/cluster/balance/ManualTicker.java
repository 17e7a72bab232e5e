package io.strongroom.cluster.balance;

import java.time.Duration;

/** Time that passes when a test says so. */
final class ManualTicker implements Ticker {

  private long nanos = 1_000_000_000L;

  @Override
  public long nanos() {
    return nanos;
  }

  void pass(Duration time) {
    nanos += time.toNanos();
  }
}
