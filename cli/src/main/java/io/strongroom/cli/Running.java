package io.strongroom.cli;

import io.strongroom.cluster.node.NodeConfig;
import io.strongroom.hsm.HsmException;
import java.io.IOException;
import java.net.InetSocketAddress;
import java.net.Socket;
import java.time.Duration;

/** Whether a node runs on this machine. */
final class Running {
  private static final Duration LIMIT = Duration.ofSeconds(2);

  private Running() {}

  /**
   * Makes sure that a node does not run, before its token and files are changed.
   *
   * @throws HsmException.AccessDenied if something listens where it would
   */
  static void requireStopped(NodeConfig config) {
    String host = config.listen().getHostString();
    int port = config.listen().getPort();
    try (Socket socket = new Socket()) {
      socket.connect(new InetSocketAddress(host, port), (int) LIMIT.toMillis());
    } catch (IOException e) {
      return;
    }
    throw new HsmException.AccessDenied(
        "node %s seems to run: something listens on %s:%d; stop it first (SIGTERM), and repeat"
            .formatted(config.name(), host, port));
  }
}
