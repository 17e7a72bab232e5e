package io.strongroom.cli;

import io.strongroom.cli.local.NodePlace;
import io.strongroom.cli.local.Roster;
import io.strongroom.cli.local.TokenUrls;
import io.strongroom.cluster.node.ClusterBackup;
import io.strongroom.cluster.node.NodeConfig;
import io.strongroom.hsm.HsmException;
import java.nio.file.Files;
import java.nio.file.Path;
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

/** {@code strongroom cluster restore}: a node of a lost cluster, from a backup and its token. */
@Command(
    name = "restore",
    description = {
      "Restore a backup into a node that does not run: its token joins from the offline token unless",
      "it is a member, and every key is opened and its check value compared. What is newer there",
      "stays, and what was destroyed stays so. Of a lost cluster, make the nodes with node init",
      "(the first with --first --without-domain) and restore into each."
    },
    mixinStandardHelpOptions = true)
final class ClusterRestoreCommand implements Callable<Integer> {
  @Spec CommandSpec spec = CommandSpec.create();
  @Mixin CommonOptions common = new CommonOptions();

  @Parameters(paramLabel = "FILE", description = "The backup.")
  Path file = Path.of("");

  @Option(names = "--dir", required = true, paramLabel = "D", description = "The node's folder.")
  Path dir = Path.of("");

  @Option(
      names = "--token",
      required = true,
      paramLabel = "URL",
      description = "The offline token of the backup, pkcs11:….")
  String token = "";

  @Option(
      names = "--officer-pin",
      required = true,
      paramLabel = "FILE",
      description = "The PIN of the offline token's security officer.")
  Path officerPin = Path.of("");

  @Override
  public Integer call() {
    NodeConfig config = NodeConfig.read(dir.resolve("node.yaml"));
    Io.requireReadable(file);
    Io.requireReadable(officerPin);
    Running.requireStopped(config);
    ClusterBackup.Restored restored =
        ClusterBackup.restore(
            file, token, TokenUrls.withPin(token, officerPin.toAbsolutePath()), config, dir);
    Map<String, @Nullable Object> document = Documents.of(restored.summary(), file, null);
    document.put("node", config.name());
    document.put("joined", restored.joined());
    document.put("restored", restored.keys());
    document.put("known", restored.known());
    document.put("unopened", restored.unopened());
    document.put("changedFiles", Documents.texts(register(config)));
    common.output(spec).one(document);
    if (restored.unopened() > 0) {
      throw new HsmException.DeviceUnavailable(
          restored.unopened()
              + " keys could not be opened in the token of node "
              + config.name()
              + "; the log above says why each");
    }
    return ExitCode.DONE;
  }

  private List<Path> register(NodeConfig config) {
    Path folder = dir.toAbsolutePath().normalize();
    Path clusterYaml = folder.resolveSibling("cluster.yaml");
    if (!Files.exists(clusterYaml)) {
      return List.of();
    }
    Roster roster = new Roster(clusterYaml);
    roster.add(NodePlace.of(config, folder));
    return roster.changed();
  }
}
