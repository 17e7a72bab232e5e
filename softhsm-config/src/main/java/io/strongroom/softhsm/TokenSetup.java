package io.strongroom.softhsm;

import java.io.IOException;
import java.net.URISyntaxException;
import java.nio.charset.StandardCharsets;
import java.nio.file.Path;
import java.util.List;
import java.util.Locale;
import java.util.Map;
import java.util.concurrent.TimeUnit;

/**
 * Initialises tokens in a short process of its own.
 *
 * <p>A process, because SoftHSM2 takes its configuration from an environment variable of the whole
 * process, and because {@code C_Initialize} and {@code C_Finalize} here would disturb whoever else
 * uses the library in this JVM. Not {@code softhsm2-util}, because it takes PINs from its arguments
 * or a terminal only; this one reads them from their files.
 */
final class TokenSetup {
  enum Action {
    INITIALISE,
    RESET,
    INITIALISE_NSS
  }

  private static final int DEADLINE_SECONDS = 60;

  private TokenSetup() {}

  /** Sets a SoftHSM2 token up. */
  static void run(TokenFiles files, String label, Path library, Action action) {
    run(action, label, library, files.dir(), Map.of("SOFTHSM2_CONF", files.conf().toString()));
  }

  /** Sets an NSS token up in a folder. */
  static void runNss(Path dir, Path library) {
    run(Action.INITIALISE_NSS, NssToken.LABEL, library, dir, Map.of());
  }

  private static void run(
      Action action, String label, Path library, Path dir, Map<String, String> environment) {
    ProcessBuilder builder =
        new ProcessBuilder(command(dir, library, action)).redirectErrorStream(true);
    builder.environment().putAll(environment);
    builder.environment().remove("JAVA_TOOL_OPTIONS");
    builder.environment().remove("JDK_JAVA_OPTIONS");
    try {
      Process process = builder.start();
      try {
        process.getOutputStream().close();
        await(process, label, action);
      } finally {
        process.destroyForcibly();
      }
    } catch (IOException e) {
      throw new SoftHsmException("cannot start a Java process to set up token \"" + label + '"', e);
    }
  }

  private static void await(Process process, String label, Action action) throws IOException {
    String what = "cannot " + action.name().toLowerCase(Locale.ROOT) + " token \"";
    try {
      if (!process.waitFor(DEADLINE_SECONDS, TimeUnit.SECONDS)) {
        throw new SoftHsmException(
            what + label + "\": no answer from its library within " + DEADLINE_SECONDS + " s");
      }
    } catch (InterruptedException e) {
      Thread.currentThread().interrupt();
      throw new SoftHsmException(what + label + "\": interrupted", e);
    }
    if (process.exitValue() != 0) {
      String output =
          new String(process.getInputStream().readAllBytes(), StandardCharsets.UTF_8).strip();
      throw new SoftHsmException(what + label + "\": " + output);
    }
  }

  private static List<String> command(Path dir, Path library, Action action) {
    return List.of(
        Path.of(System.getProperty("java.home"), "bin", "java").toString(),
        "-XX:TieredStopAtLevel=1",
        "-XX:+UseSerialGC",
        "-Xmx64m",
        "--enable-native-access=ALL-UNNAMED",
        "-cp",
        codeLocation().toString(),
        TokenSetupMain.class.getName(),
        action.name(),
        library.toString(),
        dir.toString());
  }

  private static Path codeLocation() {
    try {
      return Path.of(TokenSetup.class.getProtectionDomain().getCodeSource().getLocation().toURI());
    } catch (URISyntaxException e) {
      throw new IllegalStateException(e);
    }
  }
}
