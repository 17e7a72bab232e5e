package io.strongroom.benchmarks.custody;

import java.time.Duration;
import java.util.List;

/**
 * How long and how often to measure.
 *
 * @param payloads how many bytes are encrypted, one row of the table each
 * @param rounds how many slices each subject gets in each row
 * @param sliceMillis how long one slice is
 * @param warmUpMillis how long each subject runs before its first row
 * @param imports how many keys are imported
 * @param records how many records the audit trail has that is verified
 */
record CustodyPlan(
    List<Integer> payloads,
    int rounds,
    int sliceMillis,
    int warmUpMillis,
    int imports,
    int records) {

  /** How many threads encrypt at once. */
  static final int THREADS = 8;

  /** How long each call to a slow token takes, as a network HSM's do. */
  static final Duration SLOW_CALL = Duration.ofMillis(1);

  /** About five minutes. */
  static CustodyPlan full() {
    return new CustodyPlan(List.of(32, 1024, 4096), 5, 1_000, 3_000, 40, 1_000_000);
  }

  /** About one minute, to see what a change does. */
  static CustodyPlan quick() {
    return new CustodyPlan(List.of(1024), 3, 500, 2_000, 10, 50_000);
  }
}
