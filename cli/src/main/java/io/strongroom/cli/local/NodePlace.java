package io.strongroom.cli.local;

import java.nio.file.Path;

/**
 * Where a node of a local cluster is. Immutable.
 *
 * @param name the node's name
 * @param zone its availability zone
 * @param address host and port
 * @param folder its token, certificate, seals and {@code node.yaml}
 */
public record NodePlace(String name, String zone, String address, Path folder) {}
