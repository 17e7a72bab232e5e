package io.strongroom.custody.store;

import java.io.IOException;
import java.io.InputStream;
import java.io.OutputStream;
import java.io.UncheckedIOException;
import java.net.InetAddress;
import java.net.ServerSocket;
import java.net.Socket;
import java.nio.charset.StandardCharsets;
import java.util.Arrays;
import java.util.Set;
import java.util.concurrent.ConcurrentHashMap;
import java.util.concurrent.atomic.AtomicReference;

/** Stands between a store and its server, and cuts the connection around a message when told to. */
final class CuttingProxy implements AutoCloseable {

  /** Where to cut. */
  enum Cut {
    NEVER,
    /** The server never hears of it. */
    BEFORE,
    /** The server does it, and its answer gets lost. */
    AFTER
  }

  private final int serverPort;
  private final ServerSocket listening;
  private final AtomicReference<Cut> armed = new AtomicReference<>(Cut.NEVER);
  private final Set<Socket> sockets = ConcurrentHashMap.newKeySet();
  private volatile byte[] marker = new byte[0];
  private volatile Runnable meanwhile = () -> {};
  private volatile boolean refusing;

  CuttingProxy(int serverPort) {
    this.serverPort = serverPort;
    try {
      listening = new ServerSocket(0, 50, InetAddress.getLoopbackAddress());
    } catch (IOException e) {
      throw new UncheckedIOException(e);
    }
    Thread.ofVirtual().start(this::accept);
  }

  int port() {
    return listening.getLocalPort();
  }

  /** Cuts at the next message to the server that contains this text, once. */
  void cutNext(Cut where, String text) {
    cutNext(where, text, () -> {});
  }

  /** The same, and does this before it lets anybody connect again. */
  void cutNext(Cut where, String text, Runnable before) {
    meanwhile = before;
    marker = text.getBytes(StandardCharsets.US_ASCII);
    armed.set(where);
  }

  /** Cuts all connections; new ones are refused until {@link #mend}. */
  void cutAll() {
    refusing = true;
    sockets.forEach(CuttingProxy::close);
  }

  void mend() {
    refusing = false;
  }

  @Override
  public void close() {
    cutAll();
    try {
      listening.close();
    } catch (IOException e) {
      throw new UncheckedIOException(e);
    }
  }

  private void accept() {
    while (!listening.isClosed()) {
      try {
        forward(listening.accept());
      } catch (IOException closed) {
        return;
      }
    }
  }

  private void forward(Socket client) {
    if (refusing) {
      close(client);
      return;
    }
    Socket server;
    try {
      server = new Socket(InetAddress.getLoopbackAddress(), serverPort);
    } catch (IOException away) {
      close(client);
      return;
    }
    sockets.add(client);
    sockets.add(server);
    Thread.ofVirtual().start(() -> upstream(client, server));
    Thread.ofVirtual().start(() -> copy(server, client));
  }

  private void upstream(Socket client, Socket server) {
    byte[] buffer = new byte[65_536];
    try (client;
        server) {
      InputStream in = client.getInputStream();
      OutputStream out = server.getOutputStream();
      for (int n = in.read(buffer); n >= 0; n = in.read(buffer)) {
        Cut cut = contains(buffer, n) ? armed.getAndSet(Cut.NEVER) : Cut.NEVER;
        switch (cut) {
          case BEFORE -> {
            refusing = true;
            meanwhile.run();
            refusing = false;
            return;
          }
          case AFTER -> {
            close(client);
            out.write(buffer, 0, n);
            out.flush();
            // The server ends its side when it has done what it was told.
            server.shutdownOutput();
            server.getInputStream().transferTo(OutputStream.nullOutputStream());
            return;
          }
          case NEVER -> {
            out.write(buffer, 0, n);
            out.flush();
          }
        }
      }
    } catch (IOException cutOff) {
      close(client);
    }
  }

  private static void copy(Socket from, Socket to) {
    try (from;
        to) {
      from.getInputStream().transferTo(to.getOutputStream());
    } catch (IOException cutOff) {
      close(to);
    }
  }

  private boolean contains(byte[] buffer, int length) {
    byte[] wanted = marker;
    for (int i = 0; i + wanted.length <= length; i++) {
      if (Arrays.equals(buffer, i, i + wanted.length, wanted, 0, wanted.length)) {
        return true;
      }
    }
    return false;
  }

  private static void close(Socket socket) {
    try {
      socket.close();
    } catch (IOException e) {
      throw new UncheckedIOException(e);
    }
  }
}
