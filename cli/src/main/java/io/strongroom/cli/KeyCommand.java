package io.strongroom.cli;

import static io.strongroom.cli.Output.document;

import io.strongroom.cli.local.PublicKeyPem;
import io.strongroom.custody.CmkDescription;
import io.strongroom.custody.CmkSpec;
import io.strongroom.custody.KeyOrigin;
import io.strongroom.custody.KeyRequest;
import io.strongroom.custody.KeyService;
import io.strongroom.custody.KeyUse;
import java.nio.charset.StandardCharsets;
import java.nio.file.Path;
import java.security.PublicKey;
import java.time.Duration;
import java.util.List;
import java.util.Map;
import java.util.function.BiFunction;
import org.jspecify.annotations.Nullable;
import picocli.CommandLine.Command;
import picocli.CommandLine.Option;
import picocli.CommandLine.Parameters;

/** {@code strongroom key}: the life of customer master keys. */
@Command(
    name = "key",
    description = "Make, import and look after keys.",
    mixinStandardHelpOptions = true,
    subcommands = {
      KeyCommand.Create.class,
      KeyImportParamsCommand.class,
      KeyImportCommand.class,
      KeyCommand.Describe.class,
      KeyListCommand.class,
      KeyCommand.PublicKeyOut.class,
      KeyNotesCommands.Update.class,
      KeyNotesCommands.Tag.class,
      KeyNotesCommands.Untag.class,
      KeyRotationCommands.Rotate.class,
      KeyRotationCommands.EnableRotation.class,
      KeyRotationCommands.DisableRotation.class,
      KeyRotationCommands.Versions.class,
      KeyCommand.Enable.class,
      KeyCommand.Disable.class,
      KeyCommand.ScheduleDeletion.class,
      KeyCommand.CancelDeletion.class,
      KeyCommand.DeleteMaterial.class
    })
final class KeyCommand extends CommandGroup {

  @Command(name = "create", description = "Create a key.")
  static final class Create extends CustodyCall {
    @Option(
        names = "--origin",
        required = true,
        paramLabel = "ORIGIN",
        description = "hsm: generated in the HSM; external: you import the material.")
    KeyOrigin origin = KeyOrigin.HSM;

    @Option(
        names = "--spec",
        paramLabel = "SPEC",
        defaultValue = "AES_256",
        description = "${COMPLETION-CANDIDATES} (default: ${DEFAULT-VALUE}).")
    CmkSpec keySpec = CmkSpec.AES_256;

    @Option(
        names = "--usage",
        paramLabel = "USAGE",
        description =
            "${COMPLETION-CANDIDATES} (default: what the spec is for; RSA can encrypt or sign,"
                + " SIGN_VERIFY unless you say so).")
    @Nullable KeyUse usage;

    @Option(
        names = "--tag",
        paramLabel = "k=v",
        converter = Pair.Converter.class,
        description = "A tag to find it by. May be repeated.")
    List<Pair> tags = List.of();

    @Option(names = "--alias", paramLabel = "alias/NAME", description = "An alias for it.")
    @Nullable String alias;

    @Option(names = "--description", paramLabel = "T", description = "What it is for.")
    String description = "";

    @Override
    void prepare() {
      Pair.map(spec, "--tag", tags);
    }

    @Override
    int run(CustodySession session, Output output) {
      KeyRequest request =
          new KeyRequest(keySpec, usage, origin, alias, description, Pair.map(spec, "--tag", tags));
      output.one(Documents.of(session.keys().createKey(request)));
      return ExitCode.DONE;
    }
  }

  /** A command about one key, named as its parameter. */
  abstract static class OneKey extends CustodyCall {
    @Parameters(paramLabel = "K", description = "The key's id, or an alias.")
    String key = "";

    private final BiFunction<KeyService, String, CmkDescription> action;

    OneKey(BiFunction<KeyService, String, CmkDescription> action) {
      this.action = action;
    }

    @Override
    int run(CustodySession session, Output output) {
      output.one(Documents.of(action.apply(session.keys(), key)));
      return ExitCode.DONE;
    }
  }

  @Command(name = "describe", description = "Show a key: state, versions, where it is.")
  static final class Describe extends OneKey {
    Describe() {
      super(KeyService::describe);
    }
  }

  @Command(name = "public-key", description = "Write the public half of an RSA or ECC key.")
  static final class PublicKeyOut extends CustodyCall {
    @Parameters(paramLabel = "K", description = "The key's id, or an alias.")
    String key = "";

    @Option(
        names = "--out",
        required = true,
        paramLabel = "F.pem",
        description = "Where the public key goes, as PEM.")
    Path out = Path.of("");

    @Override
    void prepare() {
      Io.requireWritable(out);
    }

    @Override
    int run(CustodySession session, Output output) {
      PublicKey publicKey = session.keys().publicKey(key);
      Io.write(out, PublicKeyPem.of(publicKey).getBytes(StandardCharsets.US_ASCII));
      Map<String, @Nullable Object> document = document();
      document.put("key", key);
      document.put("algorithm", publicKey.getAlgorithm());
      document.put("publicKey", out.toString());
      output.one(document);
      return ExitCode.DONE;
    }
  }

  @Command(name = "enable", description = "Let a disabled key be used again.")
  static final class Enable extends OneKey {
    Enable() {
      super(KeyService::enable);
    }
  }

  @Command(name = "disable", description = "Stop a key from being used.")
  static final class Disable extends OneKey {
    Disable() {
      super(KeyService::disable);
    }
  }

  @Command(name = "cancel-deletion", description = "Call a scheduled deletion off.")
  static final class CancelDeletion extends OneKey {
    CancelDeletion() {
      super(KeyService::cancelDeletion);
    }
  }

  @Command(name = "delete-material", description = "Delete imported material from every token.")
  static final class DeleteMaterial extends OneKey {
    DeleteMaterial() {
      super(KeyService::deleteMaterial);
    }
  }

  @Command(name = "schedule-deletion", description = "Have a key destroyed after some days.")
  static final class ScheduleDeletion extends CustodyCall {
    @Parameters(paramLabel = "K", description = "The key's id, or an alias.")
    String key = "";

    @Option(names = "--days", required = true, paramLabel = "N", description = "7 to 30.")
    int days;

    @Override
    int run(CustodySession session, Output output) {
      output.one(Documents.of(session.keys().scheduleDeletion(key, Duration.ofDays(days))));
      return ExitCode.DONE;
    }
  }
}
