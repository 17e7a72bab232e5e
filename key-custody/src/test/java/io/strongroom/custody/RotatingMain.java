package io.strongroom.custody;

import io.strongroom.hsm.Hsm;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Clock;
import java.time.Instant;
import java.time.ZoneOffset;

/** A process that rotates {@code alias/payments} and is killed on the way. */
final class RotatingMain {

  private RotatingMain() {}

  /** Arguments: the HSM's URL, the store's URL, files of token and wrapped material, where. */
  public static void main(String[] args) throws Exception {
    MaterialImport material =
        MaterialImport.of(
            Files.readAllBytes(Path.of(args[2])), Files.readAllBytes(Path.of(args[3])));
    Clock clock = Clock.fixed(Instant.parse(args[5]), ZoneOffset.UTC);
    try (Hsm hsm = StoppingHsm.wrap(Hsm.open(args[0]), args[4]);
        Custody custody = Custody.open(hsm, args[1], clock)) {
      custody.as("alice").rotateAlias("alias/payments", material, false);
    }
    System.out.println("done");
  }
}
