package io.strongroom.integration.network;

import java.io.IOException;
import java.io.InputStream;
import java.io.OutputStream;
import java.net.Socket;

/** One proxied connection: two sockets, and a thread for each direction. */
final class Link {
  private static final int CHUNK_BYTES = 16 * 1024;

  private final Socket near;
  private final Socket far;
  private final Traffic traffic;
  private volatile boolean forgotten;

  Link(Socket near, Socket far, Traffic traffic) throws IOException {
    this.near = near;
    this.far = far;
    this.traffic = traffic;
    near.setTcpNoDelay(true);
    far.setTcpNoDelay(true);
  }

  /** Forwards both ways until either side ends. */
  void run(Runnable ended) {
    Thread back = Thread.ofVirtual().start(() -> pump(far, near, Traffic.Direction.TO_CLIENT));
    pump(near, far, Traffic.Direction.TO_NODE);
    try {
      back.join();
    } catch (InterruptedException e) {
      Thread.currentThread().interrupt();
    }
    ended.run();
  }

  private void pump(Socket from, Socket to, Traffic.Direction direction) {
    byte[] chunk = new byte[CHUNK_BYTES];
    try {
      InputStream in = from.getInputStream();
      OutputStream out = to.getOutputStream();
      for (int read = in.read(chunk); read >= 0; read = in.read(chunk)) {
        int passed = traffic.pass(direction, read);
        write(out, chunk, passed);
        if (passed < read) {
          reset();
        }
      }
      to.close();
    } catch (IOException e) {
      endAfter(direction);
    }
  }

  private void write(OutputStream out, byte[] chunk, int bytes) throws IOException {
    try {
      out.write(chunk, 0, bytes);
    } catch (IOException e) {
      if (!forgotten) {
        throw e;
      }
    }
  }

  private void endAfter(Traffic.Direction direction) {
    // The end of a half that was forgotten on purpose is not to be seen on the other.
    if (!forgotten || direction == Traffic.Direction.TO_NODE) {
      reset();
    }
  }

  /** Ends both halves with a reset. */
  void reset() {
    reset(near);
    reset(far);
  }

  /** With no time to linger a close is a reset (RST), as when a process dies with unread input. */
  static void reset(Socket socket) {
    try {
      socket.setSoLinger(true, 0);
      socket.close();
    } catch (IOException e) {
      // It is closed already.
    }
  }

  void forgetFarHalf() {
    forgotten = true;
    reset(far);
  }
}
