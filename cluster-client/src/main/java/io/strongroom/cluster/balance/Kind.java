package io.strongroom.cluster.balance;

/**
 * Operations that take about as long as each other: only among those does a longer time say that a
 * node is slow.
 *
 * @param operation what is done: sign, encrypt
 * @param keyType the type of the key; empty for operations without one
 * @param sizeClass grows with the size of the input
 */
public record Kind(String operation, String keyType, int sizeClass) {}
