package io.strongroom.places;

import java.io.IOException;
import java.net.InetAddress;
import java.util.concurrent.ExecutorService;
import java.util.concurrent.Executors;
import java.util.concurrent.Future;
import java.util.concurrent.TimeUnit;
import javax.net.ssl.SSLContext;
import javax.net.ssl.SSLException;
import javax.net.ssl.SSLParameters;
import javax.net.ssl.SSLServerSocket;
import javax.net.ssl.SSLSession;
import javax.net.ssl.SSLSocket;

/** A TLS server that wants client certificates and answers each connection with one byte. */
final class Handshakes implements AutoCloseable {

  private static final int ANSWER = 42;
  private static final int TIMEOUT_MILLIS = 60_000;

  private final SSLServerSocket listening;
  private final ExecutorService threads = Executors.newCachedThreadPool();
  private final Future<?> accepting;

  Handshakes(SSLContext server) throws IOException {
    listening =
        (SSLServerSocket)
            server
                .getServerSocketFactory()
                .createServerSocket(0, 64, InetAddress.getLoopbackAddress());
    listening.setNeedClientAuth(true);
    accepting = threads.submit(this::accept);
  }

  private void accept() {
    while (!listening.isClosed()) {
      try {
        SSLSocket socket = (SSLSocket) listening.accept();
        threads.execute(() -> answer(socket));
      } catch (IOException e) {
        return; // closed
      }
    }
  }

  private static void answer(SSLSocket socket) {
    try (socket) {
      socket.setSoTimeout(TIMEOUT_MILLIS);
      socket.getOutputStream().write(ANSWER);
    } catch (IOException e) {
      // The client sees it as an alert, and the test asks the client.
    }
  }

  /** One connection, both sides authenticated; the session as the client has it. */
  SSLSession connect(SSLContext client, String protocol) throws IOException {
    try (SSLSocket socket =
        (SSLSocket)
            client
                .getSocketFactory()
                .createSocket(listening.getInetAddress(), listening.getLocalPort())) {
      socket.setSoTimeout(TIMEOUT_MILLIS);
      SSLParameters parameters = socket.getSSLParameters();
      parameters.setProtocols(new String[] {protocol});
      parameters.setNamedGroups(new String[] {"secp256r1", "secp384r1"}); // kinds we make too
      socket.setSSLParameters(parameters);
      socket.startHandshake();
      if (socket.getInputStream().read() != ANSWER) {
        throw new SSLException("no answer");
      }
      return socket.getSession();
    }
  }

  @Override
  public void close() throws Exception {
    listening.close();
    accepting.get(30, TimeUnit.SECONDS);
    threads.close();
  }
}
