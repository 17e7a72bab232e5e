package io.strongroom.cli;

import java.util.List;
import picocli.CommandLine.Command;
import picocli.CommandLine.Option;
import picocli.CommandLine.Parameters;

/** What owners note of their keys. */
final class KeyNotesCommands {

  private KeyNotesCommands() {}

  @Command(name = "update", description = "Change a key's description.")
  static final class Update extends CustodyCall {
    @Parameters(paramLabel = "K", description = "The key's id, or an alias.")
    String key = "";

    @Option(
        names = "--description",
        required = true,
        paramLabel = "T",
        description = "What it is for.")
    String description = "";

    @Override
    int run(CustodySession session, Output output) {
      output.one(Documents.of(session.keys().updateDescription(key, description)));
      return ExitCode.DONE;
    }
  }

  @Command(name = "tag", description = "Give a key tags, or tags of it other values.")
  static final class Tag extends CustodyCall {
    @Parameters(paramLabel = "K", description = "The key's id, or an alias.")
    String key = "";

    @Option(
        names = "--tag",
        required = true,
        paramLabel = "k=v",
        converter = Pair.Converter.class,
        description = "The tag. May be repeated.")
    List<Pair> tags = List.of();

    @Override
    void prepare() {
      Pair.map(spec, "--tag", tags);
    }

    @Override
    int run(CustodySession session, Output output) {
      output.one(Documents.of(session.keys().tag(key, Pair.map(spec, "--tag", tags))));
      return ExitCode.DONE;
    }
  }

  @Command(name = "untag", description = "Take tags of a key away.")
  static final class Untag extends CustodyCall {
    @Parameters(paramLabel = "K", description = "The key's id, or an alias.")
    String key = "";

    @Option(
        names = "--tag",
        required = true,
        paramLabel = "k",
        description = "The tag's name. May be repeated.")
    List<String> names = List.of();

    @Override
    int run(CustodySession session, Output output) {
      output.one(Documents.of(session.keys().untag(key, names)));
      return ExitCode.DONE;
    }
  }
}
