package io.strongroom.cluster.link;

import io.strongroom.cluster.identity.SpiffeId;
import io.strongroom.cluster.identity.TlsFiles;

/**
 * A node to connect to. Immutable.
 *
 * @param id who it must prove to be
 * @param host its host name or address
 * @param port its port
 * @param tls the files that prove who the caller is; read anew for each connection
 */
public record Target(SpiffeId id, String host, int port, TlsFiles tls) {

  /** The node's name. */
  public String name() {
    return id.name();
  }
}
