package io.strongroom.cli;

import static io.strongroom.cli.Output.document;

import io.strongroom.cli.local.LocalCluster;
import io.strongroom.cli.local.NodePlace;
import io.strongroom.cluster.ClusterHsm;
import io.strongroom.cluster.NodeStatus;
import io.strongroom.hsm.Hsm;
import io.strongroom.hsm.HsmException;
import java.nio.file.Path;
import java.time.Clock;
import java.util.List;
import java.util.Map;
import java.util.concurrent.Callable;
import java.util.concurrent.TimeUnit;
import org.jspecify.annotations.Nullable;
import picocli.CommandLine;
import picocli.CommandLine.Command;
import picocli.CommandLine.Mixin;
import picocli.CommandLine.Model.CommandSpec;
import picocli.CommandLine.Option;
import picocli.CommandLine.Spec;

/** {@code strongroom cluster}: several tokens that act as one. */
@Command(
    name = "cluster",
    description = "Set up and look at a cluster.",
    mixinStandardHelpOptions = true,
    subcommands = {ClusterCommand.Init.class, ClusterCommand.Status.class})
final class ClusterCommand extends CommandGroup {

  @Command(
      name = "init",
      description = {
        "Make a local cluster: a certificate authority, a SoftHSM2 token and a node folder per zone,",
        "the domain key in every token by the join ceremony, and cluster.yaml."
      },
      mixinStandardHelpOptions = true)
  static final class Init implements Callable<Integer> {
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
        description = "The nodes and their zones: a=az-a,b=az-b,c=az-c.")
    Map<String, String> nodes = Map.of();

    @Option(
        names = "--base-port",
        defaultValue = "7512",
        description = "The first node's port; the others follow (default: ${DEFAULT-VALUE}).")
    int basePort;

    @Override
    public Integer call() {
      Output output = common.output(spec);
      LocalCluster made =
          LocalCluster.create(
              dir,
              new LocalCluster.Plan(cluster, nodes, basePort),
              Clock.systemUTC(),
              output::line);
      Map<String, @Nullable Object> document = document();
      document.put("cluster", cluster);
      document.put("dir", made.folder().toString());
      document.put("config", made.config().toString());
      document.put("hsm", made.hsmUrl());
      document.put("domainKcv", made.domainCheckValue());
      document.put("nodes", made.nodes().stream().map(Init::describe).toList());
      document.put("identities", List.of(made.officer().toString(), made.user().toString()));
      output.one(document);
      output.line("");
      made.nodes().forEach(n -> output.line("strongroom node serve --dir " + n.folder() + " &"));
      output.line("export STRONGROOM_HSM=" + made.hsmUrl());
      return ExitCode.DONE;
    }

    private static Map<String, @Nullable Object> describe(NodePlace node) {
      Map<String, @Nullable Object> item = document();
      item.put("name", node.name());
      item.put("zone", node.zone());
      item.put("address", node.address());
      item.put("dir", node.folder().toString());
      return item;
    }
  }

  @Command(
      name = "status",
      description = "Show each node: state, keys held and missing, latency.",
      mixinStandardHelpOptions = true)
  static final class Status implements Callable<Integer> {
    private static final long PAUSE_MILLIS = 200;

    @Spec CommandSpec spec = CommandSpec.create();
    @Mixin CommonOptions common = new CommonOptions();

    @Option(names = "--watch", description = "Show it again every two seconds, until stopped.")
    boolean watch;

    @Option(
        names = "--wait",
        paramLabel = "SECONDS",
        defaultValue = "0",
        description = "Wait this long until every node serves; exit code 5 if one still does not.")
    int waitSeconds;

    @Override
    public Integer call() throws InterruptedException {
      long end = System.nanoTime() + TimeUnit.SECONDS.toNanos(waitSeconds);
      try (Hsm hsm = open(end)) {
        if (!(hsm instanceof ClusterHsm cluster)) {
          throw new CommandLine.ParameterException(
              spec.commandLine(), "--hsm names no cluster; give cluster:PATH of a cluster.yaml");
        }
        List<NodeStatus> nodes = cluster.status();
        while (waitSeconds > 0 && !allServe(nodes) && System.nanoTime() < end) {
          TimeUnit.MILLISECONDS.sleep(PAUSE_MILLIS);
          nodes = cluster.status();
        }
        show(cluster, nodes);
        while (watch) {
          TimeUnit.SECONDS.sleep(2);
          common.output(spec).line("");
          nodes = cluster.status();
          show(cluster, nodes);
        }
        return waitSeconds > 0 && !allServe(nodes) ? ExitCode.UNAVAILABLE : ExitCode.DONE;
      }
    }

    private Hsm open(long end) throws InterruptedException {
      while (true) {
        try {
          return Hsm.open(common.hsmUrl(spec));
        } catch (HsmException.DeviceUnavailable e) {
          if (System.nanoTime() >= end) {
            throw e;
          }
          TimeUnit.MILLISECONDS.sleep(PAUSE_MILLIS);
        }
      }
    }

    private static boolean allServe(List<NodeStatus> nodes) {
      return nodes.stream().allMatch(n -> n.state() == NodeStatus.State.SERVING);
    }

    private void show(ClusterHsm cluster, List<NodeStatus> status) {
      Output output = common.output(spec);
      List<Map<String, @Nullable Object>> nodes = status.stream().map(Status::describe).toList();
      if (output.json()) {
        Map<String, @Nullable Object> document = document();
        document.put("cluster", cluster.info().label());
        document.put("nodes", nodes);
        output.one(document);
      } else {
        output.table(
            nodes,
            "name",
            "zone",
            "address",
            "state",
            "keys",
            "missing",
            "latencyMicros",
            "outstanding",
            "ejections",
            "domainKcv",
            "lastFailure");
      }
    }

    private static Map<String, @Nullable Object> describe(NodeStatus node) {
      NodeStatus.@Nullable Token token = node.token();
      Map<String, @Nullable Object> item = document();
      item.put("name", node.name());
      item.put("zone", node.zone());
      item.put("address", node.address());
      item.put("state", node.state().toString());
      item.put("keys", node.keys());
      item.put("missing", node.missing());
      item.put("latencyMicros", node.latency().toNanos() / 1000);
      item.put("outstanding", node.outstanding());
      item.put("ejections", node.ejections());
      item.put("tokenLabel", token == null ? null : token.label());
      item.put("tokenSerial", token == null ? null : token.serial());
      item.put("tokenFirmware", token == null ? null : token.firmware());
      item.put("domainKcv", token == null ? null : token.domainCheckValue());
      item.put("lastFailure", node.lastFailure());
      return item;
    }
  }
}
