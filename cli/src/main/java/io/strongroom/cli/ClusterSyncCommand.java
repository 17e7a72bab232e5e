package io.strongroom.cli;

import static io.strongroom.cli.Output.document;

import io.strongroom.cluster.ClusterDriver;
import io.strongroom.cluster.ClusterHsm;
import io.strongroom.cluster.SyncReport;
import io.strongroom.hsm.HsmException;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.concurrent.Callable;
import java.util.function.Consumer;
import java.util.stream.Collectors;
import org.jspecify.annotations.Nullable;
import picocli.CommandLine.Command;
import picocli.CommandLine.Mixin;
import picocli.CommandLine.Model.CommandSpec;
import picocli.CommandLine.Option;
import picocli.CommandLine.Spec;

/** {@code strongroom cluster sync}: all nodes level, now. */
@Command(
    name = "sync",
    description = {
      "Bring every node level now: the tombstones of destroyed keys, then the keys it lacks, each",
      "with its check value computed in the node's token. Nodes do this by themselves too.",
      "Exit code 5 if a node is away or a key could not be brought."
    },
    mixinStandardHelpOptions = true)
final class ClusterSyncCommand implements Callable<Integer> {
  private static final int TELL_EVERY = 50;

  @Spec CommandSpec spec = CommandSpec.create();
  @Mixin CommonOptions common = new CommonOptions();

  @Option(names = "--check", description = "Change nothing; say what would be brought.")
  boolean check;

  @Override
  public Integer call() {
    Output output = common.output(spec);
    try (ClusterHsm cluster = ClusterHsm.observe(ClusterDriver.config(common.clusterUrl(spec)))) {
      SyncReport report = cluster.sync(check, progress(output));
      show(output, cluster, report);
      requireLevel(cluster, report);
    }
    return ExitCode.DONE;
  }

  private static Consumer<SyncReport.Step> progress(Output output) {
    Map<String, Integer> done = new HashMap<>();
    return step -> {
      int count = done.merge(step.node(), 1, Integer::sum);
      if (count % TELL_EVERY == 0) {
        output.line("node " + step.node() + ": " + count + " so far");
      }
    };
  }

  private void show(Output output, ClusterHsm cluster, SyncReport report) {
    List<Map<String, @Nullable Object>> steps = report.steps().stream().map(Documents::of).toList();
    if (output.json()) {
      Map<String, @Nullable Object> document = document();
      document.put("cluster", cluster.config().cluster());
      document.put("level", report.isLevel());
      document.put("absent", report.absent());
      document.put("items", steps);
      output.one(document);
    } else if (steps.isEmpty()) {
      output.line("nothing to bring: the nodes that answer are level");
    } else {
      output.table(steps, "node", "what", "id", "label", "outcome", "reason");
    }
  }

  private void requireLevel(ClusterHsm cluster, SyncReport report) {
    List<SyncReport.Step> failed =
        report.steps().stream()
            .filter(step -> step.outcome() == SyncReport.Outcome.FAILED)
            .toList();
    if (!failed.isEmpty()) {
      SyncReport.Step first = failed.getFirst();
      throw new HsmException.DeviceUnavailable(
          "%d of %d could not be brought, as %s %s to node %s: %s"
              .formatted(
                  failed.size(),
                  report.steps().size(),
                  first.what() == SyncReport.What.KEY ? "key" : "the tombstone of",
                  first.id(),
                  first.node(),
                  first.reason()));
    }
    if (!report.absent().isEmpty()) {
      throw new HsmException.DeviceUnavailable(
          "cluster \"%s\": no answer from %s; what they lack is not known — start them and run this again"
              .formatted(
                  cluster.config().cluster(),
                  report.absent().stream().sorted().collect(Collectors.joining(", "))));
    }
  }
}
