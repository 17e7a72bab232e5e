package io.strongroom.cli;

import static io.strongroom.cli.Output.document;

import io.strongroom.cli.ceremony.Desk;
import io.strongroom.cli.ceremony.Destination;
import io.strongroom.cli.ceremony.FileDestination;
import io.strongroom.cli.ceremony.HsmDestination;
import io.strongroom.cli.ceremony.ImportCeremony;
import io.strongroom.cli.ceremony.Minutes;
import io.strongroom.cli.ceremony.Room;
import io.strongroom.custody.CeremonyNote;
import io.strongroom.custody.WrappingAlgorithm;
import io.strongroom.custody.WrappingKeySpec;
import io.strongroom.custody.ceremony.HsmRecordSigner;
import io.strongroom.custody.ceremony.RecordSigner;
import io.strongroom.custody.ceremony.Scheme;
import java.nio.file.Path;
import java.time.Clock;
import java.time.Instant;
import java.util.ArrayList;
import java.util.List;
import java.util.Locale;
import java.util.Map;
import java.util.concurrent.Callable;
import org.jspecify.annotations.Nullable;
import picocli.CommandLine.Command;
import picocli.CommandLine.Mixin;
import picocli.CommandLine.Model.CommandSpec;
import picocli.CommandLine.Option;
import picocli.CommandLine.Spec;

/** {@code strongroom ceremony}: custodians put a key together, which is wrapped at once. */
@Command(
    name = "ceremony",
    description = {
      "Have 2 to 8 custodians enter their components or shares of a key, one after the other; the"
          + " key",
      "is wrapped at once: with --key and --hsm it is imported, with --public-key, --token and"
          + " --out",
      "(from key import-params) the wrapped material is written to a file, on a machine without"
          + " network."
    },
    mixinStandardHelpOptions = true,
    synopsisSubcommandLabel = "[COMMAND]",
    subcommands = {
      CeremonyIssueCommand.class,
      CeremonyVerifyCommand.class,
      CeremonySignCommand.class,
      CeremonySigningKeyCommand.class
    })
final class CeremonyCommand implements Callable<Integer> {
  private static final int MAX_TOKEN_BYTES = 64 * 1024;

  @Spec CommandSpec spec = CommandSpec.create();
  @Mixin CommonOptions common = new CommonOptions();
  @Mixin CeremonyOptions options = new CeremonyOptions();
  @Mixin SchemeOptions schemeOptions = new SchemeOptions();

  @Option(
      names = "--components",
      paramLabel = "N",
      description = "How many components there are (default: as many as custodians, or 2).")
  @Nullable Integer components;

  @Option(
      names = "--key",
      paramLabel = "K",
      description = "Import into this key, or alias; it is external and PendingImport.")
  @Nullable String key;

  @Option(
      names = "--alias",
      paramLabel = "alias/NAME",
      description = "Move this alias to the key once its material is there.")
  @Nullable String alias;

  @Option(
      names = "--algorithm",
      paramLabel = "ALGORITHM",
      defaultValue = "RSAES_OAEP_SHA_1",
      description =
          "With --key, how to wrap: ${COMPLETION-CANDIDATES} (default: ${DEFAULT-VALUE}).")
  WrappingAlgorithm algorithm = WrappingAlgorithm.RSAES_OAEP_SHA_1;

  @Option(
      names = "--wrapping-key-spec",
      paramLabel = "SPEC",
      defaultValue = "RSA_3072",
      description = "With --key: ${COMPLETION-CANDIDATES} (default: ${DEFAULT-VALUE}).")
  WrappingKeySpec wrappingKeySpec = WrappingKeySpec.RSA_3072;

  @Option(
      names = "--expires",
      paramLabel = "ISO-8601",
      converter = InstantConverter.class,
      description = "With --key, when the material ends: 2027-01-31T00:00:00Z.")
  @Nullable Instant expires;

  @Option(names = "--public-key", paramLabel = "F.pem", description = "The wrapping key.")
  @Nullable Path publicKey;

  @Option(names = "--token", paramLabel = "F", description = "The import token.")
  @Nullable Path token;

  @Option(names = "--out", paramLabel = "F", description = "Where the wrapped material goes.")
  @Nullable Path out;

  @Option(
      names = "--expected-kcv",
      paramLabel = "HEX",
      description = "The check value that the key must have; else it is shown to be confirmed.")
  @Nullable String expectedKcv;

  @Option(
      names = "--components-from-fd",
      paramLabel = "FD",
      description = {
        "For programs: read from this file descriptor, not from a terminal; for each custodian a"
            + " line",
        "with the component and one with its check value, or one line with the share."
      })
  @Nullable Integer fd;

  @Override
  public Integer call() {
    Scheme scheme = schemeOptions.scheme(spec, components, options.custodians.size());
    check(scheme);
    List<RecordSigner> officers = options.officers.signers(spec);
    try (Room room = options.room()) {
      if (key == null) {
        return hold(room, scheme, fileDestination(), officers, null);
      }
      try (CustodySession session = common.open(spec)) {
        HsmDestination destination =
            new HsmDestination(
                session.keys(),
                key,
                new HsmDestination.How(algorithm, wrappingKeySpec, alias, expires));
        List<RecordSigner> signers = new ArrayList<>();
        signers.add(new HsmRecordSigner(session.hsm()));
        signers.addAll(officers);
        return hold(room, scheme, destination, signers, session);
      }
    }
  }

  private void check(Scheme scheme) {
    boolean files = publicKey != null || token != null || out != null;
    Usage.require(
        spec,
        (key == null) == (publicKey != null && token != null && out != null)
            && files == (key == null),
        "give either --key, or --public-key, --token and --out");
    Usage.require(
        spec,
        key != null || (alias == null && expires == null),
        "--alias and --expires go with --key");
    Usage.require(
        spec,
        fd == null || (expectedKcv != null && !options.custodians.isEmpty() && (fd == 0 || fd > 2)),
        "--components-from-fd is 0 or above 2, and needs --custodian for each and --expected-kcv");
    Usage.require(
        spec,
        expectedKcv == null || expectedKcv.matches("[0-9A-Fa-f]{6}"),
        "--expected-kcv is 6 hexadecimal digits");
    Usage.require(
        spec,
        expires == null || expires.isAfter(Clock.systemUTC().instant()),
        "--expires is over already; give a later time");
    if (key != null) {
      common.hsmUrl(spec);
    } else if (out != null) {
      Io.requireWritable(out);
    }
    options.check(spec, scheme, scheme.custodians());
  }

  private Destination fileDestination() {
    Path file = java.util.Objects.requireNonNull(out);
    return new FileDestination(
        CeremonyOptions.publicKey(java.util.Objects.requireNonNull(publicKey)),
        Io.read(token, MAX_TOKEN_BYTES),
        wrapped -> Io.write(file, wrapped),
        Clock.systemUTC());
  }

  private int hold(
      Room room,
      Scheme scheme,
      Destination destination,
      List<RecordSigner> signers,
      @Nullable CustodySession session) {
    Clock clock = Clock.systemUTC();
    Minutes minutes = new Minutes("import", version(spec), options.particulars(), clock);
    Map<String, @Nullable Object> document = document();
    try (Desk desk = options.desk(spec, room, fd)) {
      minutes
          .record()
          .put("protection", room.protection())
          .put("entry", desk.attended() ? "terminal" : "file descriptor");
      String kcv =
          new ImportCeremony(room, desk, scheme, options.custodians(), clock)
              .hold(destination, expectedKcv, minutes.record());
      end(minutes.end(destination.outcome(), signers), session, document);
      document.put("kcv", kcv.toLowerCase(Locale.ROOT));
      document.put("material", out == null ? null : out.toString());
    } catch (RuntimeException e) {
      failed(minutes, signers, session, e);
      throw e;
    }
    common.output(spec).one(document);
    return ExitCode.DONE;
  }

  /**
   * What was held is written down as well when it came to nothing; what failed stays the answer.
   */
  private void failed(
      Minutes minutes,
      List<RecordSigner> signers,
      @Nullable CustodySession session,
      RuntimeException e) {
    try {
      String outcome = "failed: " + Failures.oneLine(e.getMessage());
      end(minutes.end(outcome, signers), session, document());
    } catch (RuntimeException alsoFailed) {
      e.addSuppressed(alsoFailed);
    }
  }

  private void end(
      Minutes.Signed signed,
      @Nullable CustodySession session,
      Map<String, @Nullable Object> document) {
    Map<String, Object> record = signed.record().record();
    document.put("ceremony", signed.id());
    for (String name : List.of("outcome", "keyId", "alias", "nodes")) {
      document.put(name, record.get(name));
    }
    options.write(signed, document);
    if (session != null && key != null) {
      String keyId = record.get("keyId") instanceof String id ? id : key;
      session
          .keys()
          .recordCeremony(
              keyId,
              new CeremonyNote(
                  signed.id(),
                  String.valueOf(record.get("outcome")),
                  names(record),
                  record.get("kcv") instanceof String kcv ? kcv.toLowerCase(Locale.ROOT) : null,
                  signed.record().hash()));
    }
  }

  private static String names(Map<String, Object> record) {
    return record.get("custodians") instanceof List<?> turns
        ? String.join(
            ", ",
            turns.stream()
                .map(turn -> turn instanceof Map<?, ?> map ? "" + map.get("name") : "")
                .toList())
        : "";
  }

  static String version(CommandSpec spec) {
    return String.join(" ", spec.root().version());
  }
}
