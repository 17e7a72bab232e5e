package io.strongroom.custody;

import io.strongroom.hsm.Hsm;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Clock;
import java.time.Instant;
import java.time.ZoneOffset;
import java.util.concurrent.CountDownLatch;

/**
 * A process that imports, deletes or lets expire a key's material and stops on the way, to be
 * killed there.
 */
final class ImportingMain {

  /** What it prints when it has come to where it is to be killed. */
  static final String STOPPED = "stopped";

  private ImportingMain() {}

  /**
   * Arguments: the HSM's URL, the store's URL, {@code import} or {@code delete} or {@code expire},
   * the key, where, when, a folder with {@code token} and {@code wrapped}.
   */
  public static void main(String[] args) throws Exception {
    Clock clock = Clock.fixed(Instant.parse(args[5]), ZoneOffset.UTC);
    Path folder = Path.of(args[6]);
    MaterialImport material =
        MaterialImport.of(
            Files.readAllBytes(folder.resolve("token")),
            Files.readAllBytes(folder.resolve("wrapped")));
    try (Hsm hsm = HookedHsm.wrap(Hsm.open(args[0]), args[4], ImportingMain::stop);
        Custody custody = Custody.open(hsm, args[1], clock)) {
      KeyService keys = custody.as("alice");
      switch (args[2]) {
        case "import" -> keys.importKeyMaterial(args[3], material);
        case "delete" -> keys.deleteMaterial(args[3]);
        // Opening it at that time is enough.
        default -> keys.describe(args[3]);
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
