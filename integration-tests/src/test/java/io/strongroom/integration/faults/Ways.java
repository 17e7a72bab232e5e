package io.strongroom.integration.faults;

import java.net.InetSocketAddress;

/** How a cluster's members reach its nodes: where a network fault can be put in between. */
public interface Ways {
  /** No detours. */
  Ways DIRECT = (_, _, address) -> address;

  /** The caller's name when it is the client. */
  String CLIENT = "client";

  /**
   * Where a member is to connect to.
   *
   * @param from a node's name, or {@link #CLIENT}
   * @param to the node that it wants to reach
   * @param address where that node listens
   */
  InetSocketAddress way(String from, String to, InetSocketAddress address);
}
