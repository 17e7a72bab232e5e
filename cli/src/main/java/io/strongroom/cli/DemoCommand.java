package io.strongroom.cli;

import static io.strongroom.cli.Output.document;

import io.strongroom.cli.demo.MainJob;
import io.strongroom.cli.demo.Report;
import io.strongroom.cli.local.Folders;
import java.io.IOException;
import java.io.UncheckedIOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.util.List;
import java.util.Map;
import java.util.concurrent.Callable;
import java.util.function.Consumer;
import org.jspecify.annotations.Nullable;
import picocli.CommandLine.Command;
import picocli.CommandLine.Mixin;
import picocli.CommandLine.Model.CommandSpec;
import picocli.CommandLine.Option;
import picocli.CommandLine.Spec;

/** {@code strongroom demo}: the main job, step by step, on this machine. */
@Command(
    name = "demo",
    description = {
      "Run the main job: three zones, keys made and imported, used through the JCA and custody, one",
      "zone killed, rotation by alias, recovery, proof, audit. Leaves no process behind."
    },
    mixinStandardHelpOptions = true)
final class DemoCommand implements Callable<Integer> {
  private static final int LEAST_OPERATIONS = 100;

  @Spec CommandSpec spec = CommandSpec.create();
  @Mixin CommonOptions common = new CommonOptions();

  @Option(
      names = "--dir",
      paramLabel = "D",
      description = "A new folder to play in, which is kept (default: a temporary one).")
  @Nullable Path dir;

  @Option(
      names = "--operations",
      defaultValue = "10000",
      paramLabel = "N",
      description = "Operations while a node is killed (default: ${DEFAULT-VALUE}).")
  int operations;

  @Option(
      names = "--base-port",
      defaultValue = "0",
      paramLabel = "PORT",
      description = "The first node's port (default: any that are free).")
  int basePort;

  @Override
  public Integer call() {
    Usage.require(
        spec,
        operations >= LEAST_OPERATIONS,
        "--operations is at least " + LEAST_OPERATIONS + ", not " + operations);
    Usage.require(
        spec, basePort >= 0 && basePort <= 65_533, "--base-port is 0 to 65533, not " + basePort);
    Output output = common.output(spec);
    // With --json standard output is the document's alone.
    Consumer<String> progress = output.json() ? spec.commandLine().getErr()::println : output::line;
    Path folder = dir == null ? temporary() : Folders.requireEmpty(dir);
    Report report = new Report(progress);
    long start = System.nanoTime();
    boolean ok =
        new MainJob(folder, operations, report).run(basePort, l -> progress.accept("    " + l));
    Duration total = Duration.ofNanos(System.nanoTime() - start);
    boolean kept = dir != null || !ok;
    if (!kept) {
      Folders.deleteTree(folder, false);
    }
    print(output, report, total, kept ? folder : null);
    return ok ? ExitCode.DONE : ExitCode.FAILED;
  }

  private void print(Output output, Report report, Duration total, @Nullable Path folder) {
    List<Map<String, @Nullable Object>> rows =
        report.steps().stream().map(DemoCommand::row).toList();
    if (output.json()) {
      Map<String, @Nullable Object> document = document();
      document.put("result", report.ok() ? "done" : "failed");
      document.put("millis", total.toMillis());
      document.put("folder", folder == null ? null : folder.toString());
      document.put("items", rows);
      output.one(document);
      return;
    }
    output.line("");
    output.table(rows, "step", "result", "time", "what came out");
    output.line("");
    output.line(
        report.ok()
            ? "The main job is done in " + Report.millis(total) + "."
            : "The main job FAILED at: " + report.steps().getLast().step());
    if (folder != null) {
      output.line("Tokens, configuration, store and the nodes' logs (*/node.log) are in " + folder);
    }
  }

  private static Map<String, @Nullable Object> row(Report.Step step) {
    Map<String, @Nullable Object> row = document();
    row.put("step", step.step());
    row.put("result", step.ok() ? "ok" : "FAILED");
    row.put("time", Report.millis(step.time()));
    row.put("millis", step.time().toMillis());
    row.put("what came out", step.result());
    return row;
  }

  private static Path temporary() {
    try {
      return Files.createTempDirectory("strongroom-demo");
    } catch (IOException e) {
      throw new UncheckedIOException("no temporary folder can be made; give --dir", e);
    }
  }
}
