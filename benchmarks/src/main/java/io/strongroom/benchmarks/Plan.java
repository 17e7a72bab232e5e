package io.strongroom.benchmarks;

import java.util.List;

/**
 * How long and how often to measure.
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

  private static final List<Integer> THREADS = List.of(1, 2, 8, 32);

  /** About nine minutes. */
  static Plan full() {
    return new Plan(7, 500, 2_000, THREADS, List.of(Operation.values()));
  }

  /** Below two minutes: to see that a change does what was hoped, not to publish. */
  static Plan quick() {
    return new Plan(3, 120, 400, THREADS, List.of(Operation.values()));
  }
}
