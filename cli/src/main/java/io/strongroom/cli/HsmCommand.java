package io.strongroom.cli;

import static io.strongroom.cli.Output.document;

import io.strongroom.hsm.Hsm;
import io.strongroom.hsm.HsmInfo;
import io.strongroom.hsm.Mechanism;
import java.util.List;
import java.util.Map;
import java.util.TreeSet;
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

    @Parameters(paramLabel = "URL", description = "pkcs11:… or cluster:PATH")
    String url = "";

    @Override
    public Integer call() {
      try (Hsm hsm = Hsm.open(url)) {
        HsmInfo info = hsm.info();
        Map<String, @Nullable Object> document = document();
        document.put("label", info.label());
        document.put("serial", info.serial());
        document.put("manufacturer", info.manufacturer());
        document.put("model", info.model());
        document.put("firmware", info.firmware());
        document.put("keys", hsm.keys().size());
        document.put("mechanisms", info.mechanisms().size());
        document.put("random", hsm.random(16).length == 16 ? "ok" : "short");
        common.output(spec).one(document);
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

    @Parameters(paramLabel = "URL", description = "pkcs11:… or cluster:PATH")
    String url = "";

    @Override
    public Integer call() {
      try (Hsm hsm = Hsm.open(url)) {
        List<Map<String, @Nullable Object>> items =
            hsm.info().mechanisms().stream().map(Mechanisms::row).toList();
        common.output(spec).many(items, "name", "minKeySize", "maxKeySize", "functions");
      }
      return ExitCode.DONE;
    }

    private static Map<String, @Nullable Object> row(Mechanism mechanism) {
      Map<String, @Nullable Object> row = document();
      row.put("name", mechanism.name());
      row.put("minKeySize", mechanism.minKeySize());
      row.put("maxKeySize", mechanism.maxKeySize());
      row.put("functions", List.copyOf(new TreeSet<>(mechanism.functions())));
      return row;
    }
  }
}
