package io.strongroom.cli;

import static io.strongroom.cli.Output.document;

import io.strongroom.custody.CustodyReport;
import java.io.Console;
import java.util.Map;
import org.jspecify.annotations.Nullable;
import picocli.CommandLine.Command;
import picocli.CommandLine.Option;

/** {@code strongroom custody doctor}: whether store and tokens agree. */
@Command(
    name = "doctor",
    description = {
      "Compare the store with the tokens: missing and other keys, orphans, expired wrapping keys,",
      "states and aliases that cannot be. Exit code 3 if something is wrong."
    })
final class DoctorCommand extends CustodyCall {
  @Option(names = "--repair", description = "Do the repairs that lose nothing.")
  boolean repair;

  @Option(names = "--yes", description = "Do not ask before repairs.")
  boolean yes;

  @Override
  void prepare() {
    Usage.require(
        spec,
        !repair || yes || terminal() != null,
        "--repair asks before it changes anything, and there is no terminal; give --yes");
  }

  /** Nothing is put away before it was looked at. */
  @Override
  CustodySession open() {
    return common.openAsItIs(spec);
  }

  @Override
  int run(CustodySession session, Output output) {
    CustodyReport report = session.keys().examineCustody();
    long repairs = report.findings().stream().filter(f -> f.repair() != null).count();
    if (repair && repairs > 0) {
      if (!agreed(report, output, repairs)) {
        return ExitCode.REFUSED;
      }
      report = session.keys().repairCustody();
    }
    show(report, output);
    return report.isClean() ? ExitCode.DONE : ExitCode.REFUSED;
  }

  private boolean agreed(CustodyReport report, Output output, long repairs) {
    Console terminal = terminal();
    if (yes || terminal == null) {
      return yes;
    }
    table(report, output);
    String answer = terminal.readLine("do these %d repairs? [y/N] ", repairs);
    return answer != null && answer.strip().equalsIgnoreCase("y");
  }

  private static void show(CustodyReport report, Output output) {
    if (!output.json()) {
      table(report, output);
      output.line(
          "%d versions of keys, %d keys in %s: %s"
              .formatted(
                  report.cmkVersions(),
                  report.hsmKeys(),
                  String.join(", ", report.nodes()),
                  report.isClean() ? "nothing is wrong" : "something is wrong"));
      return;
    }
    Map<String, @Nullable Object> document = document();
    document.put("clean", report.isClean());
    document.put("nodes", report.nodes());
    document.put("versions", report.cmkVersions());
    document.put("keys", report.hsmKeys());
    document.put("items", report.findings().stream().map(Documents::of).toList());
    output.one(document);
  }

  private static void table(CustodyReport report, Output output) {
    if (!report.findings().isEmpty()) {
      output.table(
          report.findings().stream().map(Documents::of).toList(),
          "kind",
          "label",
          "nodes",
          "repair",
          "repaired",
          "text");
    }
  }

  private static @Nullable Console terminal() {
    Console console = System.console();
    return console != null && console.isTerminal() ? console : null;
  }
}
