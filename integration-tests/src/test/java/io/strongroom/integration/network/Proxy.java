package io.strongroom.integration.network;

import java.io.IOException;
import java.io.UncheckedIOException;
import java.net.InetAddress;
import java.net.InetSocketAddress;
import java.net.ServerSocket;
import java.net.Socket;
import java.util.Objects;
import java.util.Set;
import java.util.concurrent.ConcurrentHashMap;
import java.util.random.RandomGenerator;
import org.jspecify.annotations.Nullable;

/**
 * A TCP proxy that does to connections what networks do: refuses them, swallows what they carry,
 * resets them in the middle of a message, forgets one half of them, slows them down. Safe for use
 * by many threads.
 */
public final class Proxy implements AutoCloseable {
  // Below the ports that systems give to outgoing connections, so that no one takes ours while it
  // refuses; and above FreePorts', so that it takes none of a node that is still to start.
  private static final int FIRST_PORT = 25_000;
  private static final int LAST_PORT = 30_000;
  private static final int TRIES = 100;

  private final InetAddress host;
  private final int port;
  private final Traffic traffic = new Traffic();
  private final Set<Link> links = ConcurrentHashMap.newKeySet();
  private volatile InetSocketAddress target;
  private @Nullable ServerSocket listener;
  private boolean closed;

  private Proxy(ServerSocket listener, InetSocketAddress target) {
    this.host = listener.getInetAddress();
    this.port = listener.getLocalPort();
    this.target = target;
    accept(listener);
  }

  /** A proxy on a free port of 127.0.0.1 that forwards to this address. */
  public static Proxy to(String host, int port) {
    return on("127.0.0.1", new InetSocketAddress(host, port));
  }

  /** A proxy on a free port of one of this machine's addresses. */
  public static Proxy on(String host, InetSocketAddress target) {
    for (int i = 0; i < TRIES; i++) {
      int port = RandomGenerator.getDefault().nextInt(FIRST_PORT, LAST_PORT);
      try {
        return new Proxy(listen(InetAddress.getByName(host), port), target);
      } catch (IOException e) {
        if (i == TRIES - 1) {
          throw new UncheckedIOException("no free port on " + host, e);
        }
      }
    }
    throw new IllegalStateException("unreachable");
  }

  private static ServerSocket listen(InetAddress host, int port) throws IOException {
    ServerSocket socket = new ServerSocket();
    try {
      socket.setReuseAddress(true);
      socket.bind(new InetSocketAddress(host, port));
      return socket;
    } catch (IOException e) {
      socket.close();
      throw e;
    }
  }

  /** The port it listens on. */
  public int port() {
    return port;
  }

  /** {@code host:port} as configurations have it. */
  public String address() {
    String text = host.getHostAddress();
    return (text.contains(":") ? "[" + text + "]" : text) + ":" + port;
  }

  /** What it does to the bytes that pass. */
  public Traffic traffic() {
    return traffic;
  }

  /** Forwards new connections to this address from now on. */
  public void forwardTo(String newHost, int newPort) {
    target = new InetSocketAddress(newHost, newPort);
  }

  /** Resets all connections; new ones are forwarded. */
  public void reset() {
    links.forEach(Link::reset);
  }

  /** Refuses connections, and resets those that there are. */
  public synchronized void refuse() {
    ServerSocket open = listener;
    listener = null;
    if (open != null) {
      closeQuietly(open);
    }
    reset();
  }

  /** Forgets the far half of all connections: the near one stays open, and no one answers it. */
  public void forgetFarHalves() {
    links.forEach(Link::forgetFarHalf);
  }

  /** Does no harm any more: takes connections, and forwards at full speed. */
  public synchronized void heal() {
    traffic.heal();
    if (listener == null && !closed) {
      try {
        accept(listen(host, port));
      } catch (IOException e) {
        throw new UncheckedIOException("port " + port + " was taken by someone else", e);
      }
    }
  }

  private synchronized void accept(ServerSocket socket) {
    listener = socket;
    Thread.ofVirtual().name("proxy-" + port).start(() -> acceptFrom(socket));
  }

  private void acceptFrom(ServerSocket socket) {
    while (!socket.isClosed()) {
      try {
        Socket near = socket.accept();
        Thread.ofVirtual().start(() -> connect(near));
      } catch (IOException e) {
        // Closed: it refuses from now on.
      }
    }
  }

  private void connect(Socket near) {
    Socket far = new Socket();
    try {
      InetSocketAddress to = Objects.requireNonNull(target);
      far.connect(new InetSocketAddress(to.getHostString(), to.getPort()), 5_000);
      Link link = new Link(near, far, traffic);
      links.add(link);
      link.run(() -> links.remove(link));
    } catch (IOException e) {
      Link.reset(near);
      closeQuietly(far);
    }
  }

  private static void closeQuietly(AutoCloseable socket) {
    try {
      socket.close();
    } catch (Exception e) {
      throw new IllegalStateException("a socket cannot be closed", e);
    }
  }

  @Override
  public void close() {
    synchronized (this) {
      closed = true;
    }
    refuse();
    traffic.heal();
  }
}
