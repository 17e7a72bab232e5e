/** Reading the cluster's YAML files strictly, with errors that name file and key. */
package io.strongroom.cluster.config;
