package io.strongroom.cli;

import io.strongroom.custody.audit.AuditVerdict;
import picocli.CommandLine.Command;
import picocli.CommandLine.Option;

/** {@code strongroom audit}: what happened, and whether the record of it is whole. */
@Command(
    name = "audit",
    description = "Read and verify the audit trail.",
    mixinStandardHelpOptions = true,
    subcommands = {AuditCommand.Tail.class, AuditCommand.Verify.class})
final class AuditCommand extends CommandGroup {

  @Command(name = "tail", description = "Show the last records.")
  static final class Tail extends CustodyCall {
    @Option(
        names = {"-n", "--lines"},
        defaultValue = "20",
        paramLabel = "N",
        description = "How many (default: ${DEFAULT-VALUE}).")
    int count;

    @Override
    void prepare() {
      Usage.require(spec, count >= 1, "-n is at least 1, not " + count);
    }

    @Override
    int run(CustodySession session, Output output) {
      output.many(
          session.custody().audit().tail(count).stream().map(Documents::of).toList(),
          "sequence",
          "time",
          "principal",
          "operation",
          "alias",
          "keyId",
          "result");
      return ExitCode.DONE;
    }
  }

  @Command(
      name = "verify",
      description = "Check every record; name the first one that was touched (exit code 6).")
  static final class Verify extends CustodyCall {
    @Override
    int run(CustodySession session, Output output) {
      AuditVerdict verdict = session.custody().audit().verify();
      output.one(Documents.of(verdict));
      if (verdict instanceof AuditVerdict.Broken broken) {
        spec.commandLine()
            .getErr()
            .println(
                "strongroom: the audit trail was touched at record %d: %s"
                    .formatted(broken.sequence(), broken.explanation()));
        return ExitCode.AUTHENTICATION_FAILED;
      }
      return ExitCode.DONE;
    }
  }
}
