package io.strongroom.cluster;

import java.time.Duration;

/**
 * How long a client waits for one node.
 *
 * @param deadline how long an operation may take in all
 */
record Patience(Duration deadline) {

  private static final int ATTEMPTS_PER_DEADLINE = 3;
  private static final Duration LONGEST_LOOK = Duration.ofSeconds(2);

  /** For an attempt while there are other nodes to ask: a node that hangs costs no more. */
  Duration attempt() {
    return deadline.dividedBy(ATTEMPTS_PER_DEADLINE);
  }

  /** For looking at a node that has nothing else to do. */
  Duration look() {
    return shorter(deadline, LONGEST_LOOK);
  }

  /**
   * Whether it says something of a node that it did not answer within this time. An operation that
   * has waited until shortly before its end has too little left.
   */
  boolean tells(Duration timeout) {
    return timeout.compareTo(shorter(attempt(), LONGEST_LOOK)) >= 0;
  }

  private static Duration shorter(Duration one, Duration other) {
    return one.compareTo(other) < 0 ? one : other;
  }
}
