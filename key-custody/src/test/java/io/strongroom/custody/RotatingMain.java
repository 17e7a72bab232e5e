package io.strongroom.custody;

import io.strongroom.hsm.Hsm;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Clock;
import java.time.Instant;
import java.time.ZoneOffset;
import java.util.concurrent.CountDownLatch;

/** A process that rotates {@code alias/payments} and stops on the way, to be killed there. */
final class RotatingMain {

  /** What it prints when it has come to where it is to be killed. */
  static final String STOPPED = "stopped";

  private RotatingMain() {}

  /**
   * Arguments: the HSM's URL, the store's URL, files of token and wrapped material, where, when.
   */
  public static void main(String[] args) throws Exception {
    MaterialImport material =
        MaterialImport.of(
            Files.readAllBytes(Path.of(args[2])), Files.readAllBytes(Path.of(args[3])));
    Clock clock = Clock.fixed(Instant.parse(args[5]), ZoneOffset.UTC);
    try (Hsm hsm = HookedHsm.wrap(Hsm.open(args[0]), args[4], RotatingMain::stop);
        Custody custody = Custody.open(hsm, args[1], clock)) {
      custody.as("alice").rotateAlias("alias/payments", material, false);
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
