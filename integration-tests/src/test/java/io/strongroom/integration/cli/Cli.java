package io.strongroom.integration.cli;

import static org.assertj.core.api.Assertions.assertThat;

import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.ObjectMapper;
import io.strongroom.cli.Strongroom;
import java.io.ByteArrayOutputStream;
import java.io.PrintStream;
import java.io.PrintWriter;
import java.io.StringWriter;
import java.io.UncheckedIOException;
import java.nio.charset.StandardCharsets;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;

/** Runs {@code strongroom} commands in this process, as a person at one cluster would. */
final class Cli {
  private final Path folder;
  private final List<String> defaults;

  /**
   * Commands over this HSM and store.
   *
   * @param folder stands for {@code {f}} in every argument
   */
  Cli(Path folder, String hsm, String store) {
    this(folder, List.of("--hsm", hsm, "--store", store));
  }

  private Cli(Path folder, List<String> defaults) {
    this.folder = folder;
    this.defaults = defaults;
  }

  /** The same person without an HSM. */
  Cli withoutHsm() {
    return new Cli(folder, defaults.subList(2, 4));
  }

  /** The same person with another store. */
  Cli withStore(String store) {
    return new Cli(folder, defaults.get(1), store);
  }

  /** What a command did; what went past its own writers to standard error counts as error too. */
  record Result(String command, int code, String out, String err) {

    /** The one JSON document on standard output, of a command that was done. */
    JsonNode document() {
      assertThat(code).as("exit code of %s: %s", command, err).isZero();
      assertThat(err).as("standard error of %s", command).isEmpty();
      return json();
    }

    /** The one JSON document on standard output. */
    JsonNode json() {
      try {
        return new ObjectMapper()
            .enable(com.fasterxml.jackson.databind.DeserializationFeature.FAIL_ON_TRAILING_TOKENS)
            .readTree(out);
      } catch (com.fasterxml.jackson.core.JsonProcessingException e) {
        throw new UncheckedIOException(command + " printed no single document: " + out, e);
      }
    }

    /** Makes sure that the command ended so, with one line that has all these words. */
    void failedWith(int wanted, String... words) {
      assertThat(code).as("exit code of %s: %s", command, err).isEqualTo(wanted);
      assertThat(err.lines())
          .as("standard error of %s", command)
          .hasSize(1)
          .allMatch(line -> line.startsWith("strongroom: "));
      assertThat(err).as("standard error of %s", command).contains(words);
    }
  }

  /** Runs a command of words that hold no spaces, with {@code --json}. */
  Result json(String command, String... more) {
    return run(command + " --json", more);
  }

  /** Runs a command of words that hold no spaces, and further arguments as they are. */
  Result run(String command, String... more) {
    List<String> args = new ArrayList<>(List.of(command.split(" +")));
    args.addAll(List.of(more));
    // Groups of commands have no options.
    for (int i = args.size() == 1 ? defaults.size() : 0; i < defaults.size(); i += 2) {
      if (!args.contains(defaults.get(i))) {
        args.addAll(defaults.subList(i, i + 2));
      }
    }
    args.replaceAll(arg -> arg.replace("{f}", folder.toString()));
    return plain(args);
  }

  /** Runs a command with these arguments alone. */
  static Result plain(List<String> args) {
    StringWriter out = new StringWriter();
    StringWriter err = new StringWriter();
    ByteArrayOutputStream stray = new ByteArrayOutputStream();
    PrintStream before = System.err;
    System.setErr(new PrintStream(stray, true, StandardCharsets.UTF_8));
    try {
      int code =
          Strongroom.run(
              new PrintWriter(out, true), new PrintWriter(err, true), args.toArray(String[]::new));
      String all = err + stray.toString(StandardCharsets.UTF_8);
      return new Result(String.join(" ", args), code, out.toString(), all);
    } finally {
      System.setErr(before);
    }
  }
}
