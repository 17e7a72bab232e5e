package io.strongroom.cli.demo;

import java.io.IOException;
import java.net.InetAddress;
import java.net.ServerSocket;
import java.util.random.RandomGenerator;

/** Finds ports that nothing listens on. */
public final class Ports {
  private static final int FIRST = 20_000;
  private static final int LAST = 30_000;
  private static final int TRIES = 100;

  private Ports() {}

  /** The first of {@code count} consecutive ports that are free on 127.0.0.1 now. */
  public static int freeRange(int count, RandomGenerator random) {
    for (int i = 0; i < TRIES; i++) {
      int base = random.nextInt(FIRST, LAST);
      if (free(base, count)) {
        return base;
      }
    }
    throw new IllegalStateException(
        "no "
            + count
            + " free ports found between "
            + FIRST
            + " and "
            + LAST
            + "; give --base-port");
  }

  private static boolean free(int base, int count) {
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
