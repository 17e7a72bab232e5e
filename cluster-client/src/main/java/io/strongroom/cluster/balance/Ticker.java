package io.strongroom.cluster.balance;

/** Monotonic time; {@code System::nanoTime} outside tests. */
@FunctionalInterface
public interface Ticker {

  /** Nanoseconds since some fixed moment. */
  long nanos();
}
