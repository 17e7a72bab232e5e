package io.strongroom.softhsm;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.Arrays;

/**
 * The process that {@link TokenSetup} starts. Its arguments name files; PINs are read from them.
 */
final class TokenSetupMain {
  private TokenSetupMain() {}

  public static void main(String[] args) {
    try {
      run(TokenSetup.Action.valueOf(args[0]), Path.of(args[1]), new TokenFiles(Path.of(args[2])));
    } catch (IOException | RuntimeException e) {
      System.err.println(e.getMessage() == null ? e.toString() : e.getMessage());
      System.exit(1);
    }
  }

  private static void run(TokenSetup.Action action, Path library, TokenFiles files)
      throws IOException {
    String label = files.label().orElseThrow();
    byte[] officerPin = Files.readAllBytes(files.officerPin());
    byte[] userPin = Files.readAllBytes(files.userPin());
    try (Cryptoki cryptoki = Cryptoki.initialise(library)) {
      long slot =
          switch (action) {
            case INITIALISE -> cryptoki.freeSlot();
            case RESET -> cryptoki.slotOf(label);
          };
      cryptoki.initToken(slot, officerPin, label);
      // SoftHSM2 moves a token to another slot id once it is initialised.
      cryptoki.initPin(cryptoki.slotOf(label), officerPin, userPin);
    } finally {
      Arrays.fill(officerPin, (byte) 0);
      Arrays.fill(userPin, (byte) 0);
    }
  }
}
