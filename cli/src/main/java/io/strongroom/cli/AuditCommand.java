package io.strongroom.cli;

import static io.strongroom.cli.Output.document;

import io.strongroom.custody.audit.AuditVerdict;
import java.util.Map;
import org.jspecify.annotations.Nullable;
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
        description = "How many (default: ${DEFAULT-VALUE}).")
    int count;

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
      Map<String, @Nullable Object> document = document();
      int code =
          switch (session.custody().audit().verify()) {
            case AuditVerdict.Intact intact -> {
              document.put("result", "intact");
              document.put("records", intact.count());
              document.put("checkpointed", intact.checkpointed());
              document.put("headHash", intact.headHash());
              yield ExitCode.DONE;
            }
            case AuditVerdict.Broken broken -> {
              document.put("result", "broken");
              document.put("sequence", broken.sequence());
              document.put("tampering", broken.what().toString());
              document.put("explanation", broken.explanation());
              yield ExitCode.AUTHENTICATION_FAILED;
            }
          };
      output.one(document);
      return code;
    }
  }
}
