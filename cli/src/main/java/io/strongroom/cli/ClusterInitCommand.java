package io.strongroom.cli;

import io.strongroom.cli.local.LocalCluster;
import io.strongroom.hsm.HsmException;
import java.nio.file.Path;
import java.time.Clock;
import java.util.List;
import java.util.concurrent.Callable;
import picocli.CommandLine.Command;
import picocli.CommandLine.Mixin;
import picocli.CommandLine.Model.CommandSpec;
import picocli.CommandLine.Option;
import picocli.CommandLine.ParameterException;
import picocli.CommandLine.Spec;

/** {@code strongroom cluster init}: a cluster on this machine, ready to be started. */
@Command(
    name = "init",
    description = {
      "Make a local cluster: a certificate authority, a SoftHSM2 token and a node folder per zone,",
      "the domain key in every token by the join ceremony, and cluster.yaml."
    },
    mixinStandardHelpOptions = true)
final class ClusterInitCommand implements Callable<Integer> {
  @Spec CommandSpec spec = CommandSpec.create();
  @Mixin CommonOptions common = new CommonOptions();

  @Option(names = "--dir", required = true, paramLabel = "D", description = "A new folder.")
  Path dir = Path.of("");

  @Option(names = "--cluster", required = true, paramLabel = "C", description = "Its name.")
  String cluster = "";

  @Option(
      names = "--nodes",
      required = true,
      paramLabel = "NAME=AZ",
      split = ",",
      converter = Pair.Converter.class,
      description = "The nodes and their zones: a=az-a,b=az-b,c=az-c.")
  List<Pair> nodes = List.of();

  @Option(
      names = "--base-port",
      defaultValue = "7512",
      paramLabel = "PORT",
      description = "The first node's port; the others follow (default: ${DEFAULT-VALUE}).")
  int basePort;

  @Override
  public Integer call() {
    Output output = common.output(spec);
    LocalCluster made = LocalCluster.create(dir, plan(), Clock.systemUTC(), output::line);
    output.one(Documents.of(made));
    output.line("");
    made.nodes().forEach(n -> output.line("strongroom node serve --dir " + n.folder() + " &"));
    output.line("export STRONGROOM_HSM=" + made.hsmUrl());
    return ExitCode.DONE;
  }

  private LocalCluster.Plan plan() {
    try {
      return new LocalCluster.Plan(cluster, Pair.map(spec, "--nodes", nodes), basePort);
    } catch (HsmException.BadInput e) {
      throw new ParameterException(spec.commandLine(), e.text(), e);
    }
  }
}
