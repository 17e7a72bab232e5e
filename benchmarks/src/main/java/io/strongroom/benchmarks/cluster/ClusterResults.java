package io.strongroom.benchmarks.cluster;

import io.strongroom.benchmarks.Machine;
import java.util.List;

/**
 * A whole run.
 *
 * @param started when it began, ISO 8601
 * @param seconds how long it took
 * @param machine where
 * @param loadBefore the load average over the minute before the run
 * @param plan how long each slice was
 * @param tcpEchoNanos the median of 1 KiB there and back between two processes
 * @param tlsEchoNanos the same by TLS
 * @param cells the token in-process, and through one node
 * @param scaling one and three nodes before slow tokens
 * @param troubles what a load on three such nodes felt
 */
record ClusterResults(
    String started,
    long seconds,
    Machine machine,
    double loadBefore,
    ClusterPlan plan,
    long tcpEchoNanos,
    long tlsEchoNanos,
    List<ClusterCell> cells,
    SlowNodes.Scaling scaling,
    List<TroubleRun> troubles) {}
