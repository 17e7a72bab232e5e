package io.strongroom.benchmarks.cluster;

import io.strongroom.benchmarks.Operation;
import java.time.Duration;
import java.util.List;

/**
 * How long and how often to measure.
 *
 * @param operations what is compared with the token in-process
 * @param outstanding how many operations at once there
 * @param rounds how many slices each subject gets in each cell
 * @param sliceMillis how long one slice is
 * @param warmUpMillis how long each subject runs each operation before its first cell
 * @param faultMillis how long a load runs for each fault, which comes after a quarter of it; 0 for
 *     no faults
 * @param echoes how many echoes make the floor
 */
record ClusterPlan(
    List<Operation> operations,
    List<Integer> outstanding,
    int rounds,
    int sliceMillis,
    int warmUpMillis,
    int faultMillis,
    int echoes) {

  /** How long each call to a slow token takes. */
  static final Duration SLOW_CALL = Duration.ofMillis(1);

  /** How many of them are outstanding: each of three nodes has work for all its sessions. */
  static final int SLOW_OUTSTANDING = 64;

  private static final List<Operation> OPERATIONS =
      List.of(
          Operation.AES_GCM_1K, Operation.HMAC_SHA256, Operation.ECDSA_P256, Operation.RSA_2048);

  /** About five minutes. */
  static ClusterPlan full() {
    return new ClusterPlan(OPERATIONS, List.of(1, 8, 64), 5, 500, 2_500, 10_000, 40_000);
  }

  /** About two minutes, to see what a change does. */
  static ClusterPlan quick() {
    return new ClusterPlan(OPERATIONS, List.of(1, 64), 3, 300, 2_000, 6_000, 20_000);
  }
}
