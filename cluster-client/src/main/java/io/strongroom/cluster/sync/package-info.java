/** Reconciliation: each node brings itself level with its peers, with no one's help. */
package io.strongroom.cluster.sync;
