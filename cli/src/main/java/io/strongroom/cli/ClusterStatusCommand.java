package io.strongroom.cli;

import static io.strongroom.cli.Output.document;

import io.strongroom.cluster.ClusterDriver;
import io.strongroom.cluster.ClusterHsm;
import io.strongroom.cluster.NodeStatus;
import io.strongroom.hsm.HsmException;
import java.util.List;
import java.util.Map;
import java.util.concurrent.Callable;
import java.util.concurrent.TimeUnit;
import java.util.stream.Collectors;
import org.jspecify.annotations.Nullable;
import picocli.CommandLine.Command;
import picocli.CommandLine.Mixin;
import picocli.CommandLine.Model.CommandSpec;
import picocli.CommandLine.Option;
import picocli.CommandLine.Spec;

/** {@code strongroom cluster status}: every node, be it there or not. */
@Command(
    name = "status",
    description = {
      "Show each node: state, keys held and missing, latency.",
      "Exit code 5 if none serves; with --wait, if one does not serve in time."
    },
    mixinStandardHelpOptions = true)
final class ClusterStatusCommand implements Callable<Integer> {
  private static final long PAUSE_MILLIS = 200;
  private static final long WATCH_SECONDS = 2;
  private static final String SCHEME = "cluster:";

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
    Usage.require(spec, waitSeconds >= 0, "--wait is 0 or more seconds, not " + waitSeconds);
    String url = common.hsmUrl(spec);
    Usage.require(
        spec,
        url.regionMatches(true, 0, SCHEME, 0, SCHEME.length()),
        "--hsm names no cluster; give cluster:PATH of a cluster.yaml");
    try (ClusterHsm cluster = ClusterHsm.observe(ClusterDriver.config(url))) {
      List<NodeStatus> nodes = await(cluster);
      show(cluster, nodes);
      while (watch) {
        TimeUnit.SECONDS.sleep(WATCH_SECONDS);
        common.output(spec).line("");
        nodes = cluster.status();
        show(cluster, nodes);
      }
      requireService(cluster, nodes);
    }
    return ExitCode.DONE;
  }

  private List<NodeStatus> await(ClusterHsm cluster) throws InterruptedException {
    long end = System.nanoTime() + TimeUnit.SECONDS.toNanos(waitSeconds);
    List<NodeStatus> nodes = cluster.status();
    while (!nodes.stream().allMatch(ClusterStatusCommand::serves) && System.nanoTime() < end) {
      TimeUnit.MILLISECONDS.sleep(PAUSE_MILLIS);
      nodes = cluster.status();
    }
    return nodes;
  }

  private void requireService(ClusterHsm cluster, List<NodeStatus> nodes) {
    boolean enough =
        waitSeconds > 0
            ? nodes.stream().allMatch(ClusterStatusCommand::serves)
            : nodes.stream().anyMatch(ClusterStatusCommand::serves);
    if (!enough) {
      String absent =
          nodes.stream()
              .filter(n -> !serves(n))
              .map(n -> n.name() + " at " + n.address() + " is " + n.state())
              .collect(Collectors.joining(", "));
      throw new HsmException.DeviceUnavailable(
          "%s node of cluster \"%s\" serves: %s — start each with: strongroom node serve --dir D/NAME"
              .formatted(waitSeconds > 0 ? "not every" : "no", cluster.config().cluster(), absent));
    }
  }

  private static boolean serves(NodeStatus node) {
    return node.state() == NodeStatus.State.SERVING;
  }

  private void show(ClusterHsm cluster, List<NodeStatus> status) {
    Output output = common.output(spec);
    List<Map<String, @Nullable Object>> nodes = status.stream().map(Documents::of).toList();
    if (output.json()) {
      Map<String, @Nullable Object> document = document();
      document.put("cluster", cluster.config().cluster());
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
}
