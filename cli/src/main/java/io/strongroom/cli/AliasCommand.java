package io.strongroom.cli;

import static io.strongroom.cli.Output.document;

import io.strongroom.custody.AliasRotation;
import java.util.Map;
import org.jspecify.annotations.Nullable;
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
      AliasCommand.Rotate.class
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
          "updated");
      return ExitCode.DONE;
    }
  }

  @Command(
      name = "rotate",
      description = {
        "Move an alias to a new key: with --token and --material, to the key that the token names,",
        "after its material was imported and tried; with --to, to a key prepared before.",
        "Old ciphertext stays readable, because it names its key."
      })
  static final class Rotate extends OneAlias {
    @Mixin MaterialOptions material = new MaterialOptions();

    @Option(names = "--to", paramLabel = "K", description = "A key prepared before.")
    @Nullable String to;

    @Option(names = "--dry-run", description = "Check everything, and change nothing.")
    boolean dryRun;

    @Override
    void prepare() {
      Usage.require(
          spec,
          (to == null) != material.absent(),
          "give either --token and --material, with their --expected-kcv and --expires, or --to");
      if (to == null) {
        material.read(spec);
      }
    }

    @Override
    int run(CustodySession session, Output output) {
      AliasRotation rotation =
          to == null
              ? session.keys().rotateAlias(alias, material.read(spec), dryRun)
              : session.keys().rotateAliasTo(alias, to, dryRun);
      output.one(Documents.of(rotation));
      return ExitCode.DONE;
    }
  }
}
