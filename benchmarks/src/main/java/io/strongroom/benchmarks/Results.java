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
 * @param slowPlan how the slow token was measured
 * @param slowCells what was measured on the token whose calls take a millisecond each
 */
record Results(
    String started,
    long seconds,
    Machine machine,
    double loadBefore,
    double loadAfter,
    Plan plan,
    List<Cell> cells,
    Plan slowPlan,
    List<Cell> slowCells) {}
