package io.strongroom.cli;

import io.strongroom.hsm.Hsm;
import java.util.List;
import java.util.Map;
import java.util.concurrent.Callable;
import org.jspecify.annotations.Nullable;
import picocli.CommandLine.Command;
import picocli.CommandLine.Mixin;
import picocli.CommandLine.Model.CommandSpec;
import picocli.CommandLine.Parameters;
import picocli.CommandLine.Spec;

/** {@code strongroom hsm}: what a device is and what it can do. */
@Command(
    name = "hsm",
    description = "Look at a device.",
    mixinStandardHelpOptions = true,
    subcommands = {HsmCommand.Check.class, HsmCommand.Mechanisms.class})
final class HsmCommand extends CommandGroup {

  @Command(
      name = "check",
      description = "Open a device, log in, and say what it is.",
      mixinStandardHelpOptions = true)
  static final class Check implements Callable<Integer> {
    @Spec CommandSpec spec = CommandSpec.create();
    @Mixin CommonOptions common = new CommonOptions();

    @Parameters(
        paramLabel = "URL",
        arity = "0..1",
        description = "pkcs11:… or cluster:PATH (default: --hsm, else $STRONGROOM_HSM).")
    @Nullable String url;

    @Override
    public Integer call() {
      try (Hsm hsm = common.openHsm(spec, url)) {
        // Proof that it works, not only that it answers.
        hsm.random(16);
        common.output(spec).one(Documents.of(hsm.info(), hsm.keys().size()));
      }
      return ExitCode.DONE;
    }
  }

  @Command(
      name = "mechanisms",
      description = "List what a device can do.",
      mixinStandardHelpOptions = true)
  static final class Mechanisms implements Callable<Integer> {
    @Spec CommandSpec spec = CommandSpec.create();
    @Mixin CommonOptions common = new CommonOptions();

    @Parameters(
        paramLabel = "URL",
        arity = "0..1",
        description = "pkcs11:… or cluster:PATH (default: --hsm, else $STRONGROOM_HSM).")
    @Nullable String url;

    @Override
    public Integer call() {
      try (Hsm hsm = common.openHsm(spec, url)) {
        List<Map<String, @Nullable Object>> items =
            hsm.info().mechanisms().stream().map(Documents::of).toList();
        common.output(spec).many(items, "name", "minKeySize", "maxKeySize", "functions");
      }
      return ExitCode.DONE;
    }
  }
}
