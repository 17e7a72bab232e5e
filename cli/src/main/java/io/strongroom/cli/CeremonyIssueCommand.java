package io.strongroom.cli;

import static io.strongroom.cli.Output.document;

import io.strongroom.cli.ceremony.IssueCeremony;
import io.strongroom.cli.ceremony.Minutes;
import io.strongroom.cli.ceremony.Room;
import io.strongroom.cli.ceremony.TerminalDesk;
import io.strongroom.custody.ceremony.Scheme;
import java.time.Clock;
import java.util.Locale;
import java.util.Map;
import java.util.concurrent.Callable;
import org.jspecify.annotations.Nullable;
import picocli.CommandLine.Command;
import picocli.CommandLine.Mixin;
import picocli.CommandLine.Model.CommandSpec;
import picocli.CommandLine.Option;
import picocli.CommandLine.Spec;

/** {@code strongroom ceremony components}: fresh components or shares for custodians. */
@Command(
    name = "components",
    aliases = "shares",
    description = {
      "Draw a key at random, and show each custodian his component or share of it, one after the"
          + " other.",
      "Needs no HSM and no network; nothing is stored, and nobody sees the key."
    },
    mixinStandardHelpOptions = true)
final class CeremonyIssueCommand implements Callable<Integer> {
  @Spec CommandSpec spec = CommandSpec.create();
  @Mixin PlainOptions plain = new PlainOptions();
  @Mixin CeremonyOptions options = new CeremonyOptions();
  @Mixin SchemeOptions schemeOptions = new SchemeOptions();

  @Option(
      names = "--count",
      paramLabel = "N",
      description = "How many components (default: as many as custodians, or 2).")
  @Nullable Integer count;

  @Override
  public Integer call() {
    Scheme scheme = schemeOptions.scheme(spec, count, options.custodians.size());
    options.check(
        spec,
        scheme,
        scheme instanceof Scheme.Shares shares ? shares.shares() : scheme.custodians());
    var officers = options.officers.signers(spec);
    Clock clock = Clock.systemUTC();
    Minutes minutes =
        new Minutes("issue", CeremonyCommand.version(spec), options.particulars(), clock);
    Map<String, @Nullable Object> document = document();
    try (Room room = options.room();
        TerminalDesk desk = options.terminal(spec, room)) {
      minutes.record().put("protection", room.protection());
      String kcv =
          new IssueCeremony(room, desk, scheme, options.custodians(), clock).hold(minutes.record());
      Minutes.Signed signed = minutes.end("issued", officers);
      document.put("ceremony", signed.id());
      document.put("outcome", "issued");
      document.put("kcv", kcv.toLowerCase(Locale.ROOT));
      document.put("parts", signed.record().record().get("custodians"));
      options.write(signed, document);
    }
    plain.output(spec).one(document);
    return ExitCode.DONE;
  }
}
