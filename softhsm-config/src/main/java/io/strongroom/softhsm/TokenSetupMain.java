package io.strongroom.softhsm;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.Arrays;
import java.util.function.ToLongFunction;

/**
 * The process that {@link TokenSetup} starts. Its arguments name files; PINs are read from them.
 */
final class TokenSetupMain {
  private TokenSetupMain() {}

  public static void main(String[] args) {
    try {
      run(TokenSetup.Action.valueOf(args[0]), Path.of(args[1]), Path.of(args[2]));
    } catch (IOException | RuntimeException e) {
      System.err.println(e.getMessage() == null ? e.toString() : e.getMessage());
      System.exit(1);
    }
  }

  private static void run(TokenSetup.Action action, Path library, Path dir) throws IOException {
    TokenFiles files = new TokenFiles(dir);
    switch (action) {
      case INITIALISE -> softHsm(library, files, Cryptoki::freeSlot);
      case RESET -> {
        String label = files.label().orElseThrow();
        softHsm(library, files, cryptoki -> cryptoki.slotOf(label));
      }
      case INITIALISE_NSS -> nss(library, dir);
    }
  }

  private static void nss(Path library, Path dir) throws IOException {
    byte[] userPin = Files.readAllBytes(NssToken.userPin(dir));
    try (Cryptoki cryptoki = Cryptoki.initialise(library, NssToken.initialisation(dir))) {
      // The officer of a fresh database has no PIN, and never gets one.
      cryptoki.initPin(NssToken.SLOT, new byte[0], userPin);
    } finally {
      Arrays.fill(userPin, (byte) 0);
    }
  }

  private static void softHsm(Path library, TokenFiles files, ToLongFunction<Cryptoki> slot)
      throws IOException {
    String label = files.label().orElseThrow();
    byte[] officerPin = Files.readAllBytes(files.officerPin());
    byte[] userPin = Files.readAllBytes(files.userPin());
    try (Cryptoki cryptoki = Cryptoki.initialise(library)) {
      cryptoki.initToken(slot.applyAsLong(cryptoki), officerPin, label);
      // SoftHSM2 moves a token to another slot id once it is initialised.
      cryptoki.initPin(cryptoki.slotOf(label), officerPin, userPin);
    } finally {
      Arrays.fill(officerPin, (byte) 0);
      Arrays.fill(userPin, (byte) 0);
    }
  }
}
