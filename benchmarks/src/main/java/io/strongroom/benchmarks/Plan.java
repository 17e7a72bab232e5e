package io.strongroom.benchmarks;

import java.time.Duration;
import java.util.List;

/**
 * How long and how often to measure. For a token that takes its time for each call, which a library
 * that waits stands for, the same operations would say little of us: there a processor-bound one is
 * left out.
 *
 * @param rounds how many slices each contestant gets in each cell; the table shows medians of them
 * @param sliceMillis how long one slice is
 * @param warmUpMillis how long each contestant runs each operation before its first cell
 * @param threads the numbers of threads
 * @param operations what is measured
 */
record Plan(
    int rounds,
    int sliceMillis,
    int warmUpMillis,
    List<Integer> threads,
    List<Operation> operations) {

  /** How long each call takes on the slow token, beside what it takes anyway. */
  static final Duration SLOW_CALL = Duration.ofMillis(1);

  private static final List<Integer> THREADS = List.of(1, 2, 8, 32);

  /** About ten minutes on the token as it is. */
  static Plan full() {
    return new Plan(7, 500, 2_000, THREADS, List.of(Operation.values()));
  }

  /** The same for the slow token: about two minutes. */
  Plan slow() {
    return new Plan(
        rounds,
        sliceMillis,
        warmUpMillis,
        List.of(1, 8, 32),
        List.of(Operation.AES_GCM_1K, Operation.HMAC_SHA256, Operation.ECDSA_P256));
  }

  /** About two minutes: to see that a change does what was hoped, not to publish. */
  static Plan quick() {
    return new Plan(3, 120, 400, THREADS, List.of(Operation.values()));
  }
}
