package io.strongroom.cluster.link;

import io.vertx.core.Future;
import io.vertx.core.Vertx;
import java.time.Clock;
import java.time.Duration;

/** Opens connections to a remote node. */
public final class RemoteConnector implements Connector {

  private final Vertx vertx;
  private final Target target;

  /** For this node. */
  public RemoteConnector(Vertx vertx, Target target) {
    this.vertx = vertx;
    this.target = target;
  }

  @Override
  public Future<NodeLink> open(Duration timeout) {
    return RenewedLink.open(vertx, target, timeout, Clock.systemUTC());
  }

  @Override
  public Future<Void> close() {
    return Future.succeededFuture();
  }
}
