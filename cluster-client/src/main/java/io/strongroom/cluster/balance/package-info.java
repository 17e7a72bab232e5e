/**
 * Which node gets an operation: load, health and choice, as pure logic. Time and randomness come
 * from outside; nothing here does input or output. Not safe for several threads: the cluster client
 * confines all of it to one event loop.
 */
package io.strongroom.cluster.balance;
