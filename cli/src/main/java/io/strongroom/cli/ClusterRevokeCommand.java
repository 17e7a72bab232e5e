package io.strongroom.cli;

import io.strongroom.cluster.ClusterAuthority;
import java.nio.file.Path;
import java.time.Clock;
import java.time.Duration;
import java.util.List;
import java.util.Map;
import java.util.concurrent.Callable;
import org.jspecify.annotations.Nullable;
import picocli.CommandLine.Command;
import picocli.CommandLine.Mixin;
import picocli.CommandLine.Model.CommandSpec;
import picocli.CommandLine.Option;
import picocli.CommandLine.Parameters;
import picocli.CommandLine.Spec;

/** {@code strongroom cluster revoke}: the holder of a certificate is let in no more. */
@Command(
    name = "revoke",
    description = {
      "Revoke certificates: write <dir>/ca.crl, for tls.crl of nodes and clients, who take it up",
      "without a restart. Without certificates, renew the list; do that before it ends."
    },
    mixinStandardHelpOptions = true)
final class ClusterRevokeCommand implements Callable<Integer> {
  @Spec CommandSpec spec = CommandSpec.create();
  @Mixin CommonOptions common = new CommonOptions();

  @Option(
      names = "--dir",
      required = true,
      paramLabel = "D",
      description = "The folder of ca.crt and ca.key.")
  Path dir = Path.of("");

  @Option(
      names = "--valid-days",
      defaultValue = "30",
      paramLabel = "N",
      description = "How long the list is good (default: ${DEFAULT-VALUE}).")
  int validDays;

  @Parameters(
      arity = "0..*",
      paramLabel = "CRT",
      description = "The certificates to revoke: PEM files.")
  List<Path> certificates = List.of();

  @Override
  public Integer call() {
    Path list =
        ClusterAuthority.open(dir, Clock.systemUTC())
            .revoke(dir, certificates, Duration.ofDays(validDays));
    Output output = common.output(spec);
    Map<String, @Nullable Object> document = Output.document();
    document.put("crl", list.toString());
    document.put("revoked", certificates.stream().map(Path::toString).toList());
    output.one(document);
    output.line("Put it in place as tls.crl at nodes and clients, or over the one that is there.");
    return ExitCode.DONE;
  }
}
