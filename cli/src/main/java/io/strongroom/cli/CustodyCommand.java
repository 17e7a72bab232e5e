package io.strongroom.cli;

import static io.strongroom.cli.Output.document;

import io.strongroom.custody.Custody;
import io.strongroom.hsm.Hsm;
import java.time.Clock;
import java.util.Map;
import java.util.concurrent.Callable;
import org.jspecify.annotations.Nullable;
import picocli.CommandLine.Command;
import picocli.CommandLine.Mixin;
import picocli.CommandLine.Model.CommandSpec;
import picocli.CommandLine.Option;
import picocli.CommandLine.Spec;

/** {@code strongroom custody}: the store as a whole. */
@Command(
    name = "custody",
    description = "Look after the store as a whole.",
    mixinStandardHelpOptions = true,
    subcommands = {
      DoctorCommand.class,
      CustodyRunCommand.class,
      CustodyCommand.AcceptRestore.class
    })
final class CustodyCommand extends CommandGroup {

  @Command(
      name = "accept-restore",
      mixinStandardHelpOptions = true,
      description = {
        "Accept a store that was restored from a backup older than what the HSM has vouched for.",
        "What happened since that backup is lost to the store; that you accepted it is recorded."
      })
  static final class AcceptRestore implements Callable<Integer> {
    @Spec CommandSpec spec = CommandSpec.create();
    @Mixin CommonOptions common = new CommonOptions();

    @Option(names = "--reason", required = true, paramLabel = "TEXT", description = "Why.")
    String reason = "";

    @Override
    public Integer call() {
      common.hsmUrl(spec);
      try (Hsm hsm = common.openHsm(spec, null)) {
        Custody.acceptRestore(
            hsm, common.storeUrl(), Clock.systemUTC(), common.principal(), reason);
      }
      Map<String, @Nullable Object> document = document();
      document.put("result", "accepted");
      document.put("store", common.storeUrl());
      document.put("reason", reason);
      common.output(spec).one(document);
      return ExitCode.DONE;
    }
  }
}
