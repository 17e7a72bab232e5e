package io.strongroom.benchmarks;

import java.util.List;

/**
 * A whole run.
 *
 * @param started when it began, ISO 8601
 * @param seconds how long it took
 * @param machine where
 * @param loadBefore the load average over the minute before the run: what other processes did
 * @param loadAfter the same at its end, the run itself included
 * @param plan how long each slice was
 * @param cells what was measured
 */
record Results(
    String started,
    long seconds,
    Machine machine,
    double loadBefore,
    double loadAfter,
    Plan plan,
    List<Cell> cells) {}
