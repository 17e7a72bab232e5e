/** A node: one process in front of one token, serving it to a cluster. */
package io.strongroom.cluster.node;
