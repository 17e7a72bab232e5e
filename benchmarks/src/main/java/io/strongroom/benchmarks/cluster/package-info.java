/**
 * Measures the cluster beside the same token in-process: rates, latencies, and what faults cost.
 */
@org.jspecify.annotations.NullMarked
package io.strongroom.benchmarks.cluster;
