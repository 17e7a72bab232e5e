/** The cluster as one {@code Hsm}, and the authority that names its members. */
package io.strongroom.cluster;
