package io.strongroom.cluster.sync;

import java.util.concurrent.atomic.LongAdder;

/** How the comparisons with one peer went. Safe for use by many threads. */
public final class Rounds {
  private final LongAdder level = new LongAdder();
  private final LongAdder failed = new LongAdder();

  Rounds() {}

  /** Rounds after which the node lacked nothing that the peer has. */
  public long level() {
    return level.sum();
  }

  /** Rounds in which the peer did not answer, or something that it has could not be kept. */
  public long failed() {
    return failed.sum();
  }

  void count(boolean isLevel) {
    (isLevel ? level : failed).increment();
  }
}
