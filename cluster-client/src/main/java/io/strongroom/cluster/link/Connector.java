package io.strongroom.cluster.link;

import io.vertx.core.Future;
import java.time.Duration;

/** Opens links to one node, one after the other. Confined to one event loop. */
public interface Connector {

  /**
   * Opens a link. It is known to work only once an operation was answered.
   *
   * @param timeout how long opening may take
   */
  Future<NodeLink> open(Duration timeout);

  /** Gives back what links share. Those that were opened were closed before, and none is after. */
  Future<Void> close();
}
