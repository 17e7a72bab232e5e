/** One connection to one node: TLS, the stream of operations, control calls. */
package io.strongroom.cluster.link;
