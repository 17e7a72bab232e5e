package io.strongroom.cli;

import io.strongroom.custody.KeyService;
import java.time.Duration;
import picocli.CommandLine.Command;
import picocli.CommandLine.Option;
import picocli.CommandLine.Parameters;

/** New versions of keys whose material comes from the HSM. */
final class KeyRotationCommands {

  private KeyRotationCommands() {}

  @Command(
      name = "rotate",
      description = "Have the HSM generate a new version of a key; its id stays.")
  static final class Rotate extends KeyCommand.OneKey {
    Rotate() {
      super(KeyService::rotateKey);
    }
  }

  @Command(name = "enable-rotation", description = "Have a key get new versions by itself.")
  static final class EnableRotation extends CustodyCall {
    @Parameters(paramLabel = "K", description = "The key's id, or an alias.")
    String key = "";

    @Option(
        names = "--days",
        required = true,
        paramLabel = "N",
        description = "How often: every 90 to 2560 days.")
    int days;

    @Override
    int run(CustodySession session, Output output) {
      output.one(Documents.of(session.keys().enableRotation(key, Duration.ofDays(days))));
      return ExitCode.DONE;
    }
  }

  @Command(name = "disable-rotation", description = "End that; the versions stay.")
  static final class DisableRotation extends KeyCommand.OneKey {
    DisableRotation() {
      super(KeyService::disableRotation);
    }
  }

  @Command(name = "versions", description = "Show all versions of a key, the oldest first.")
  static final class Versions extends CustodyCall {
    @Parameters(paramLabel = "K", description = "The key's id, or an alias.")
    String key = "";

    @Override
    int run(CustodySession session, Output output) {
      output.many(
          Documents.versions(session.keys().describe(key)),
          "version",
          "current",
          "kcv",
          "present",
          "created",
          "expires");
      return ExitCode.DONE;
    }
  }
}
