package io.strongroom.integration.cluster;

import java.io.IOException;
import java.net.InetAddress;
import java.net.ServerSocket;
import java.security.SecureRandom;

/**
 * Ports of this machine that nothing listens on. Below those that systems give to outgoing
 * connections, and apart from those of {@link io.strongroom.integration.network.Proxy}, so that no
 * one takes them before, or between two lives of, the nodes that they are for. Test runs of two
 * JVMs find them in two ranges.
 */
public final class FreePorts {
  private static final int RANGE = 2_500;
  private static final int FIRST = 20_000 + (Integer.getInteger("test.fork", 1) - 1) % 2 * RANGE;
  private static final int LAST = FIRST + RANGE;
  private static final int TRIES = 100;

  private FreePorts() {}

  /** The first of {@code count} ports in a row that are free on 127.0.0.1 now. */
  public static int consecutive(int count) {
    SecureRandom random = new SecureRandom();
    for (int i = 0; i < TRIES; i++) {
      int base = random.nextInt(FIRST, LAST - count);
      if (allFree(base, count)) {
        return base;
      }
    }
    throw new IllegalStateException("no " + count + " free ports in a row");
  }

  private static boolean allFree(int base, int count) {
    for (int port = base; port < base + count; port++) {
      try (ServerSocket _ = new ServerSocket(port, 1, InetAddress.getLoopbackAddress())) {
        continue;
      } catch (IOException e) {
        return false;
      }
    }
    return true;
  }
}
