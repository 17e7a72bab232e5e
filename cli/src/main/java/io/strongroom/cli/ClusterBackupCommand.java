package io.strongroom.cli;

import io.strongroom.cli.local.TokenUrls;
import io.strongroom.cluster.ClusterDriver;
import io.strongroom.cluster.ClusterHsm;
import io.strongroom.cluster.node.ClusterBackup;
import io.strongroom.cluster.node.JoinCeremony;
import io.strongroom.cluster.node.NodeConfig;
import io.strongroom.hsm.HsmException;
import io.strongroom.hsm.KeyId;
import io.strongroom.hsm.KeyInfo;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Clock;
import java.time.ZoneOffset;
import java.time.format.DateTimeFormatter;
import java.util.List;
import java.util.Set;
import java.util.concurrent.Callable;
import org.jspecify.annotations.Nullable;
import picocli.CommandLine.Command;
import picocli.CommandLine.Mixin;
import picocli.CommandLine.Model.CommandSpec;
import picocli.CommandLine.Option;
import picocli.CommandLine.ParameterException;
import picocli.CommandLine.Parameters;
import picocli.CommandLine.Spec;

/** {@code strongroom cluster backup}: every seal in a file, the domain keys in an offline token. */
@Command(
    name = "backup",
    description = {
      "Back the cluster up: all seals and tombstones of a member's folder into one file, and the",
      "domain keys into an offline token, by the join ceremony. Each is useless without the other.",
      "The file is read back, and every key is opened in the offline token for a moment."
    },
    mixinStandardHelpOptions = true,
    subcommands = ClusterBackupCommand.Verify.class)
final class ClusterBackupCommand implements Callable<Integer> {
  private static final DateTimeFormatter TIME =
      DateTimeFormatter.ofPattern("yyyyMMdd'T'HHmmss'Z'").withZone(ZoneOffset.UTC);
  private static final int MOST_NAMED = 3;

  @Spec CommandSpec spec = CommandSpec.create();
  @Mixin CommonOptions common = new CommonOptions();

  // None of these three is required by annotation: "verify" goes without.
  @Parameters(index = "0", arity = "0..1", paramLabel = "D", description = "A member's folder.")
  @Nullable Path dir;

  @Option(
      names = "--to",
      paramLabel = "FILE|DIR",
      description = "Where the backup goes; in a folder it gets a name with cluster and time.")
  @Nullable Path to;

  @Option(
      names = "--token",
      paramLabel = "URL",
      description = "The offline token, pkcs11:…; empty, or of an earlier backup.")
  @Nullable String token;

  @Option(
      names = "--officer-pin",
      paramLabel = "FILE",
      description = "The PIN of the member token's security officer (default: D/so.pin).")
  @Nullable Path officerPin;

  @Option(
      names = "--alone",
      description =
          "Do not compare with the other nodes: the backup has what this member has. By default"
              + " the cluster (--hsm, else D/../cluster.yaml) is asked whether that is all.")
  boolean alone;

  @Override
  public Integer call() {
    return run(
        given(dir, "D, a member's folder"),
        given(to, "--to FILE or DIR"),
        given(token, "--token URL of the offline token"));
  }

  private <T> T given(@Nullable T value, String what) {
    if (value == null) {
      throw new ParameterException(spec.commandLine(), "give " + what);
    }
    return value;
  }

  private int run(Path member, Path target, String offlineUrl) {
    Clock clock = Clock.systemUTC();
    NodeConfig config = NodeConfig.read(member.resolve("node.yaml"));
    Path file = Files.isDirectory(target) ? target.resolve(name(config, clock)) : target;
    Io.requireWritable(file);
    Path pin = officerPin != null ? officerPin : member.resolve("so.pin");
    Io.requireReadable(pin);
    if (!alone) {
      requireComplete(member, ClusterBackup.preview(config, member, clock));
    }
    String officerUrl = TokenUrls.withPin(config.hsm(), pin.toAbsolutePath());
    String label =
        ClusterBackup.enrol(new JoinCeremony.Member(config.hsm(), officerUrl, member), offlineUrl);
    ClusterBackup.write(config, member, file, clock);
    ClusterBackup.Summary verified = ClusterBackup.verify(file, offlineUrl);
    common.output(spec).one(Documents.of(verified, file, label));
    return ExitCode.DONE;
  }

  private static String name(NodeConfig config, Clock clock) {
    return "strongroom-" + config.cluster() + "-" + TIME.format(clock.instant()) + ".backup";
  }

  private void requireComplete(Path member, ClusterBackup.Summary here) {
    try (ClusterHsm cluster = ClusterHsm.open(ClusterDriver.config(url(member)))) {
      Set<KeyId> had = here.keys();
      List<String> lacking =
          cluster.keys().stream()
              .filter(key -> !had.contains(key.id()))
              .map(KeyInfo::label)
              .sorted()
              .toList();
      if (!lacking.isEmpty()) {
        throw new HsmException.DeviceUnavailable(
            "node %s lacks %d keys that the cluster holds, as %s; nothing was written — run: strongroom cluster sync"
                .formatted(
                    here.node(), lacking.size(), lacking.stream().limit(MOST_NAMED).toList()));
      }
    }
  }

  private String url(Path member) {
    if (common.namesHsm()) {
      return common.clusterUrl(spec);
    }
    Path beside = member.toAbsolutePath().normalize().resolveSibling("cluster.yaml");
    Usage.require(
        spec,
        Files.exists(beside),
        "there is no cluster.yaml beside D; give --hsm cluster:PATH, or --alone for what this member has");
    return "cluster:" + beside;
  }

  @Command(
      name = "verify",
      description = {
        "Verify a backup with a token of its cluster: every MAC, and every key, which is opened for",
        "a moment and its check value compared. Nothing is left in the token."
      },
      mixinStandardHelpOptions = true)
  static final class Verify implements Callable<Integer> {
    @Spec CommandSpec spec = CommandSpec.create();
    @Mixin CommonOptions common = new CommonOptions();

    @Parameters(paramLabel = "FILE", description = "The backup.")
    Path file = Path.of("");

    @Option(
        names = "--token",
        required = true,
        paramLabel = "URL",
        description = "The offline token, pkcs11:….")
    String token = "";

    @Override
    public Integer call() {
      common.output(spec).one(Documents.of(ClusterBackup.verify(file, token), file, null));
      return ExitCode.DONE;
    }
  }
}
