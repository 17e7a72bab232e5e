package io.strongroom.benchmarks.custody;

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
 * @param syncNanos how long the disk takes to keep a page: no audited call is faster than its share
 * @param cells encryption and decryption
 * @param aliasNanos how long it takes to find the key of an alias that was looked up before
 * @param imports imports on three nodes
 * @param verification of an audit trail
 */
record CustodyResults(
    String started,
    long seconds,
    Machine machine,
    double loadBefore,
    CustodyPlan plan,
    long syncNanos,
    List<CustodyCell> cells,
    long aliasNanos,
    ImportTime imports,
    Verification verification) {}
