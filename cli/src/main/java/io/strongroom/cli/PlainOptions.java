package io.strongroom.cli;

import picocli.CommandLine.Model.CommandSpec;
import picocli.CommandLine.Option;

/** The options of a command that needs neither HSM nor store. */
final class PlainOptions {
  @Option(names = "--json", description = "Print one JSON document on standard output.")
  boolean json;

  @Option(names = "--verbose", description = "Print the stack of an error.")
  boolean verbose;

  Output output(CommandSpec spec) {
    return new Output(spec.commandLine().getOut(), json);
  }
}
