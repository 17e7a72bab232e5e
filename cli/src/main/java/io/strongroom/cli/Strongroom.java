package io.strongroom.cli;

import java.io.PrintWriter;
import java.nio.charset.StandardCharsets;
import picocli.CommandLine;
import picocli.CommandLine.Command;
import picocli.CommandLine.Model.CommandSpec;
import picocli.CommandLine.Spec;

/** The {@code strongroom} command. */
@Command(
    name = "strongroom",
    description = "Customer master keys that stay in hardware.",
    version = "strongroom 0.1.0",
    mixinStandardHelpOptions = true,
    synopsisSubcommandLabel = "COMMAND",
    subcommands = {
      ClusterCommand.class,
      NodeCommand.class,
      HsmCommand.class,
      KeyCommand.class,
      AliasCommand.class,
      EncryptCommand.class,
      DecryptCommand.class,
      ReencryptCommand.class,
      AuditCommand.class,
      CustodyCommand.class,
      CeremonyCommand.class,
      DemoCommand.class
    },
    footerHeading = "%nExit codes:%n",
    footer = {
      "  0 done, 2 usage, 3 refused (policy, state), 4 not found, 5 device or cluster unavailable,",
      "  6 authentication failed (tag, signature, context), 7 bad input (material, token, format),",
      "  1 a step of the demonstration failed, or a fault of this program"
    })
public final class Strongroom implements Runnable {

  @Spec private @org.jspecify.annotations.Nullable CommandSpec spec;

  Strongroom() {}

  /** Runs one command and ends the process with its exit code. */
  public static void main(String[] args) {
    System.exit(
        run(
            new PrintWriter(System.out, true, StandardCharsets.UTF_8),
            new PrintWriter(System.err, true, StandardCharsets.UTF_8),
            args));
  }

  /**
   * Runs one command.
   *
   * @param out where documents and text go
   * @param err where errors go
   * @return the exit code, one of {@link ExitCode}
   */
  public static int run(PrintWriter out, PrintWriter err, String... args) {
    CommandLine line = new CommandLine(new Strongroom());
    line.setOut(out);
    line.setErr(err);
    line.setCaseInsensitiveEnumValuesAllowed(true);
    line.setUsageHelpWidth(110);
    line.setExecutionExceptionHandler(new Failures());
    line.setParameterExceptionHandler(new Usage());
    return line.execute(args);
  }

  @Override
  public void run() {
    if (spec != null) {
      throw new CommandLine.ParameterException(spec.commandLine(), "give a command");
    }
  }
}
