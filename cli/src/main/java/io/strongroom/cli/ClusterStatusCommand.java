package io.strongroom.cli;

import static io.strongroom.cli.Output.document;

import io.strongroom.cluster.ClusterDriver;
import io.strongroom.cluster.ClusterHsm;
import io.strongroom.cluster.ClusterReport;
import io.strongroom.cluster.NodeStatus;
import io.strongroom.hsm.HsmException;
import java.time.Instant;
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
      "Show each node (state, zone, keys, latency, token, certificate) and what is not as it should",
      "be. Exit code 5 if fewer nodes serve than the quorum or their domain keys differ; with --wait,",
      "if one does not serve in time; with --healthy, if anything at all was found."
    },
    mixinStandardHelpOptions = true)
final class ClusterStatusCommand implements Callable<Integer> {
  private static final long PAUSE_MILLIS = 200;
  private static final long WATCH_SECONDS = 2;

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

  @Option(names = "--healthy", description = "Exit code 5 if anything is not as it should be.")
  boolean healthy;

  @Override
  public Integer call() throws InterruptedException {
    Usage.require(spec, waitSeconds >= 0, "--wait is 0 or more seconds, not " + waitSeconds);
    try (ClusterHsm cluster = ClusterHsm.observe(ClusterDriver.config(common.clusterUrl(spec)))) {
      await(cluster);
      ClusterReport report = cluster.report(Instant.now());
      show(cluster, report);
      while (watch) {
        TimeUnit.SECONDS.sleep(WATCH_SECONDS);
        common.output(spec).line("");
        report = cluster.report(Instant.now());
        show(cluster, report);
      }
      requireService(cluster, report.nodes());
      requireWell(cluster, report);
    }
    return ExitCode.DONE;
  }

  private void await(ClusterHsm cluster) throws InterruptedException {
    long end = System.nanoTime() + TimeUnit.SECONDS.toNanos(waitSeconds);
    while (System.nanoTime() < end
        && !cluster.status().stream().allMatch(ClusterStatusCommand::serves)) {
      TimeUnit.MILLISECONDS.sleep(PAUSE_MILLIS);
    }
  }

  private void requireWell(ClusterHsm cluster, ClusterReport report) {
    boolean well = healthy ? report.isHealthy() : report.isWorking();
    if (!well) {
      throw new HsmException.DeviceUnavailable(
          "cluster \"%s\" is not %s: %s"
              .formatted(
                  cluster.config().cluster(),
                  healthy ? "healthy" : "working",
                  report.findings().stream()
                      .filter(finding -> healthy || finding.kind().isGrave())
                      .map(ClusterReport.Finding::text)
                      .collect(Collectors.joining("; "))));
    }
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

  private void show(ClusterHsm cluster, ClusterReport report) {
    Output output = common.output(spec);
    List<Map<String, @Nullable Object>> nodes = report.nodes().stream().map(Documents::of).toList();
    if (output.json()) {
      Map<String, @Nullable Object> document = document();
      document.put("cluster", cluster.config().cluster());
      document.put("quorum", cluster.config().quorum());
      document.put("working", report.isWorking());
      document.put("healthy", report.isHealthy());
      document.put("nodes", nodes);
      document.put("findings", report.findings().stream().map(Documents::of).toList());
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
          "tokenLabel",
          "tokenSerial",
          "tokenFirmware",
          "domainKcv",
          "certificateExpires",
          "lastFailure");
      report.findings().forEach(finding -> output.line(finding.kind() + ": " + finding.text()));
    }
  }
}
