/** Who is who in a cluster: SPIFFE ids, roles, and the TLS that proves them. */
package io.strongroom.cluster.identity;
