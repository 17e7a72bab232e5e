/**
 * Between the wire contract ({@code strongroom/node/v1/node.proto}) and the types of {@code
 * io.strongroom.hsm}, both ways. Everything that comes in is checked here, before anything acts on
 * it.
 */
package io.strongroom.cluster.wire;
