package io.strongroom.cluster;

import io.vertx.core.Vertx;
import io.vertx.core.net.NetClient;
import io.vertx.core.net.NetServer;
import io.vertx.core.net.NetServerOptions;
import io.vertx.core.net.NetSocket;
import java.util.Set;
import java.util.concurrent.ConcurrentHashMap;
import java.util.concurrent.TimeUnit;

/** A TCP proxy before a node that can hang, reset and refuse. */
final class TcpProxy implements AutoCloseable {

  private final NetServer server;
  private final NetClient client;
  private final Set<Link> links = ConcurrentHashMap.newKeySet();
  private final int port;
  private volatile int targetPort;
  private volatile boolean hangs;
  private volatile boolean refuses;

  /** The two halves of one connection. */
  private record Link(NetSocket near, NetSocket far) {

    void close() {
      near.close();
      far.close();
    }

    void pause() {
      near.pause();
      far.pause();
    }

    void resume() {
      near.resume();
      far.resume();
    }
  }

  /** A proxy that refuses until it has a target. */
  TcpProxy(Vertx vertx) throws Exception {
    this(vertx, "127.0.0.1", 0);
  }

  /** The same at another address; port 0 for a free one. */
  TcpProxy(Vertx vertx, String host, int wantedPort) throws Exception {
    client = vertx.createNetClient();
    // With no time to linger a close is a reset, as when a process dies with unread input.
    server = vertx.createNetServer(new NetServerOptions().setSoLinger(0));
    port =
        server
            .connectHandler(this::connect)
            .listen(wantedPort, host)
            .await(10, TimeUnit.SECONDS)
            .actualPort();
    refuses = true;
  }

  private void connect(NetSocket near) {
    if (refuses) {
      near.close();
      return;
    }
    near.pause();
    client
        .connect(targetPort, "127.0.0.1")
        .onFailure(_ -> near.close())
        .onSuccess(far -> join(new Link(near, far)));
  }

  private void join(Link link) {
    links.add(link);
    if (refuses) {
      // Cut while it was connecting.
      part(link);
      return;
    }
    link.near().handler(link.far()::write).closeHandler(_ -> part(link));
    link.far().handler(link.near()::write).closeHandler(_ -> part(link));
    if (hangs) {
      link.pause();
    } else {
      link.near().resume();
    }
  }

  private void part(Link link) {
    links.remove(link);
    link.close();
  }

  int port() {
    return port;
  }

  /** Forwards to this port from now on. */
  void forwardTo(int newPort) {
    targetPort = newPort;
    refuses = false;
  }

  /** Keeps all connections, old and new, and forwards nothing. */
  void hang() {
    hangs = true;
    links.forEach(Link::pause);
  }

  /** Goes on where it hung. */
  void goOn() {
    hangs = false;
    links.forEach(Link::resume);
  }

  /** Resets all connections; new ones are forwarded. */
  void reset() {
    links.forEach(Link::close);
  }

  /** Resets all connections and takes no new ones. */
  void cut() {
    refuses = true;
    reset();
  }

  /** Takes connections again. */
  void mend() {
    refuses = false;
  }

  @Override
  public void close() throws Exception {
    links.forEach(Link::close);
    server.close().await(10, TimeUnit.SECONDS);
    client.close().await(10, TimeUnit.SECONDS);
  }
}
