package io.strongroom.custody;

import io.strongroom.hsm.Hsm;
import java.time.Clock;
import java.time.Instant;
import java.time.ZoneOffset;
import java.util.concurrent.CountDownLatch;

/** A process that keeps house or rotates a key and stops on the way, to be killed there. */
final class KeyLifeMain {

  /** What it prints when it has come to where it is to be killed. */
  static final String STOPPED = "stopped";

  private KeyLifeMain() {}

  /** Arguments: the HSM's URL, the store's URL, where, when, {@code house} or the key to rotate. */
  public static void main(String[] args) {
    Clock clock = Clock.fixed(Instant.parse(args[3]), ZoneOffset.UTC);
    // House is kept when custody is opened.
    try (Hsm hsm = HookedHsm.wrap(Hsm.open(args[0]), args[2], KeyLifeMain::stop);
        Custody custody = Custody.open(hsm, args[1], clock)) {
      if (!args[4].equals("house")) {
        custody.as("alice").rotateKey(args[4]);
      }
    }
    System.out.println("done");
  }

  private static void stop() {
    System.out.println(STOPPED);
    try {
      new CountDownLatch(1).await();
    } catch (InterruptedException e) {
      Thread.currentThread().interrupt();
    }
  }
}
