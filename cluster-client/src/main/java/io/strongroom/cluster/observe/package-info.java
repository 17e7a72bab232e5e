/** What client and node tell of themselves: meters, and trace context on the wire. Hidden. */
package io.strongroom.cluster.observe;
