package io.strongroom.cli;

import static io.strongroom.cli.Output.document;

import io.strongroom.custody.RotationRequest;
import java.time.Duration;
import java.util.Map;
import java.util.stream.Stream;
import org.jspecify.annotations.Nullable;
import picocli.CommandLine.ArgGroup;
import picocli.CommandLine.Command;
import picocli.CommandLine.Mixin;
import picocli.CommandLine.Option;
import picocli.CommandLine.Parameters;

/** {@code strongroom alias}: names that point at keys, and rotation by moving them. */
@Command(
    name = "alias",
    description = "Name keys, and rotate by name.",
    mixinStandardHelpOptions = true,
    subcommands = {
      AliasCommand.Create.class,
      AliasCommand.Update.class,
      AliasCommand.Delete.class,
      AliasCommand.ListAliases.class,
      AliasCommand.Rotate.class,
      AliasCommand.History.class,
      AliasCommand.Policy.class
    })
final class AliasCommand extends CommandGroup {

  /** A command about one alias, named as its parameter. */
  abstract static class OneAlias extends CustodyCall {
    @Parameters(paramLabel = "alias/NAME", description = "The alias.")
    String alias = "";
  }

  @Command(name = "create", description = "Create an alias.")
  static final class Create extends OneAlias {
    @Option(names = "--key", required = true, paramLabel = "K", description = "What it points at.")
    String key = "";

    @Override
    int run(CustodySession session, Output output) {
      output.one(Documents.of(session.keys().createAlias(alias, key)));
      return ExitCode.DONE;
    }
  }

  @Command(name = "update", description = "Point an alias at another key.")
  static final class Update extends OneAlias {
    @Option(names = "--key", required = true, paramLabel = "K", description = "The other key.")
    String key = "";

    @Option(
        names = "--expected",
        paramLabel = "K",
        description = "Refuse unless it points at this key now.")
    @Nullable String expected;

    @Override
    int run(CustodySession session, Output output) {
      output.one(Documents.of(session.keys().updateAlias(alias, key, expected)));
      return ExitCode.DONE;
    }
  }

  @Command(name = "delete", description = "Delete an alias; the key stays.")
  static final class Delete extends OneAlias {
    @Override
    int run(CustodySession session, Output output) {
      session.keys().deleteAlias(alias);
      Map<String, @Nullable Object> document = document();
      document.put("alias", alias);
      document.put("deleted", true);
      output.one(document);
      return ExitCode.DONE;
    }
  }

  @Command(name = "list", description = "List all aliases.")
  static final class ListAliases extends CustodyCall {
    @Override
    int run(CustodySession session, Output output) {
      output.many(
          session.keys().listAliases().stream().map(Documents::of).toList(),
          "alias",
          "keyId",
          "updated",
          "previousUsableFor");
      return ExitCode.DONE;
    }
  }

  @Command(
      name = "rotate",
      description = {
        "Move an alias to a new key: with --token and --material, to the key that the token names,",
        "after its material was imported and tried; with --new, to one that the HSM makes now,",
        "with spec, description and tags of the one before; with --to, to a key prepared before;",
        "with --undo, back to the key before. A quorum of tokens has to show the key first.",
        "Old ciphertext stays readable, because it names its key."
      })
  static final class Rotate extends OneAlias {
    @Mixin MaterialOptions material = new MaterialOptions();

    @Option(names = "--new", description = "A new key of the same kind, made in the HSM.")
    boolean generated;

    @Option(names = "--to", paramLabel = "K", description = "A key prepared before.")
    @Nullable String to;

    @Option(names = "--undo", description = "Back to the key before the last move.")
    boolean undo;

    @Option(
        names = "--previous-usable-for",
        paramLabel = "P90D",
        converter = DurationConverter.class,
        description =
            "Disable the key that the alias leaves after this time (default: what alias policy"
                + " says, else never).")
    @Nullable Duration previousUsableFor;

    @Option(names = "--dry-run", description = "Check everything, and change nothing.")
    boolean dryRun;

    @Override
    void prepare() {
      long ways =
          Stream.of(to != null, undo, generated, !material.absent()).filter(way -> way).count();
      Usage.require(
          spec,
          ways == 1,
          "give either --token and --material, with their --expected-kcv and --expires, or --new,"
              + " or --to, or --undo");
      Usage.require(
          spec,
          !undo || previousUsableFor == null,
          "--undo keeps the key that the alias leaves; leave --previous-usable-for out");
      if (!material.absent()) {
        material.read(spec);
      }
    }

    @Override
    int run(CustodySession session, Output output) {
      RotationRequest request =
          request().withDryRun(dryRun).withPreviousUsableFor(previousUsableFor);
      output.one(Documents.of(session.keys().rotateAlias(alias, request)));
      return ExitCode.DONE;
    }

    private RotationRequest request() {
      if (undo) {
        return RotationRequest.undo();
      }
      if (generated) {
        return RotationRequest.toGenerated();
      }
      return to == null
          ? RotationRequest.toImported(material.read(spec))
          : RotationRequest.toKey(to);
    }
  }

  @Command(name = "history", description = "Show where an alias pointed before, newest first.")
  static final class History extends OneAlias {
    @Override
    int run(CustodySession session, Output output) {
      output.many(
          session.keys().aliasHistory(alias).stream().map(Documents::of).toList(),
          "time",
          "kind",
          "previousKeyId",
          "keyId",
          "principal",
          "previousUsableUntil",
          "previousRetired");
      return ExitCode.DONE;
    }
  }

  @Command(
      name = "policy",
      description = {
        "Set how long a key that the alias leaves by rotation stays usable. It is disabled",
        "afterwards, never deleted; alias rotate --undo enables it again."
      })
  static final class Policy extends OneAlias {
    @ArgGroup(multiplicity = "1")
    Time time = new Time();

    /** One of the two. */
    static final class Time {
      @Option(
          names = "--previous-usable-for",
          paramLabel = "P90D",
          converter = DurationConverter.class,
          description = "For so long.")
      @Nullable Duration usableFor;

      @Option(names = "--previous-usable-for-ever", description = "Until someone disables it.")
      boolean forEver;
    }

    @Override
    int run(CustodySession session, Output output) {
      output.one(Documents.of(session.keys().keepPreviousUsable(alias, time.usableFor)));
      return ExitCode.DONE;
    }
  }
}
