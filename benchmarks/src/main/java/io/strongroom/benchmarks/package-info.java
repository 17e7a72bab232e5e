/**
 * Measures throughput on a SoftHSM2 token: Strongroom, its peers, and a raw C loop as the floor.
 */
@org.jspecify.annotations.NullMarked
package io.strongroom.benchmarks;
