package io.strongroom.cli;

import io.strongroom.cli.local.NodePlace;
import io.strongroom.cli.local.NodeSetup;
import io.strongroom.cluster.ClusterConfig;
import io.strongroom.hsm.HsmException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Clock;
import java.util.List;
import java.util.concurrent.Callable;
import java.util.regex.Matcher;
import java.util.regex.Pattern;
import org.jspecify.annotations.Nullable;
import picocli.CommandLine.Command;
import picocli.CommandLine.Mixin;
import picocli.CommandLine.Model.CommandSpec;
import picocli.CommandLine.Option;
import picocli.CommandLine.ParameterException;
import picocli.CommandLine.Spec;

/** {@code strongroom node init}: one node's token and folder, for a cluster that grows. */
@Command(
    name = "init",
    description = {
      "Make a node's folder: a SoftHSM2 token (or with --hsm another device), its certificate and",
      "node.yaml. A further node joins next: strongroom cluster join request."
    },
    mixinStandardHelpOptions = true)
final class NodeInitCommand implements Callable<Integer> {
  private static final Pattern ADDRESS = Pattern.compile("(?:[^:\\s]+|\\[[0-9a-fA-F:]+]):\\d{1,5}");
  private static final Pattern PEER = Pattern.compile("([^@]+)@(.+)");

  @Spec CommandSpec spec = CommandSpec.create();
  @Mixin CommonOptions common = new CommonOptions();

  @Option(names = "--dir", required = true, paramLabel = "D", description = "A new folder.")
  Path dir = Path.of("");

  @Option(names = "--name", required = true, paramLabel = "N", description = "The node's name.")
  String name = "";

  @Option(names = "--az", required = true, paramLabel = "Z", description = "Its zone.")
  String zone = "";

  @Option(names = "--cluster", required = true, paramLabel = "C", description = "Its cluster.")
  String cluster = "";

  @Option(
      names = "--first",
      description =
          "The cluster's first node: make its authority, identities, cluster.yaml and domain key"
              + " too.")
  boolean first;

  @Option(
      names = "--without-domain",
      description = "With --first: no domain key, which strongroom cluster restore brings.")
  boolean withoutDomain;

  @Option(
      names = "--ca",
      paramLabel = "DIR",
      description = "The folder of the cluster's authority (default: the folder that D is in).")
  @Nullable Path ca;

  @Option(
      names = "--listen",
      paramLabel = "HOST:PORT",
      defaultValue = "127.0.0.1:7512",
      description = "Where it listens (default: ${DEFAULT-VALUE}).")
  String listen = "";

  @Option(
      names = "--peer",
      paramLabel = "NAME=AZ@HOST:PORT",
      converter = Pair.Converter.class,
      description =
          "A node that is there already. May be repeated (default: those in cluster.yaml beside the"
              + " authority).")
  List<Pair> peers = List.of();

  @Override
  public Integer call() {
    Usage.require(spec, first || !withoutDomain, "--without-domain goes with --first");
    NodeSetup setup = setup();
    NodePlace node = setup.node();
    String checkValue = null;
    if (first) {
      checkValue = setup.createFirst(Clock.systemUTC(), !withoutDomain);
    } else {
      setup.createFurther(Clock.systemUTC());
    }
    Output output = common.output(spec);
    output.one(Documents.of(node, checkValue));
    output.line("");
    if (!first) {
      output.line("strongroom cluster join request --dir " + node.folder() + " --out FILE");
      output.line("Joining adds it to cluster.yaml and to the node.yaml of the nodes beside it:");
      output.line(node.entry());
    }
    output.line("strongroom node serve --dir " + node.folder() + " &");
    return ExitCode.DONE;
  }

  private NodeSetup setup() {
    Path folder = dir.toAbsolutePath().normalize();
    Path parent = folder.getParent();
    Path authority = ca != null ? ca : parent != null ? parent : folder;
    requireAddress("--listen", listen);
    try {
      return new NodeSetup(
          cluster,
          new NodePlace(name, zone, listen, folder),
          peers.isEmpty() && !first
              ? knownPeers(authority)
              : peers.stream().map(this::peer).toList(),
          authority,
          common.hsm);
    } catch (HsmException.BadInput e) {
      throw new ParameterException(spec.commandLine(), e.text(), e);
    }
  }

  /** What cluster.yaml says, where it is beside the authority; a replaced node is no peer. */
  private List<NodePlace> knownPeers(Path home) {
    Path clusterYaml = home.resolve("cluster.yaml");
    return Files.exists(clusterYaml)
        ? ClusterConfig.read(clusterYaml).nodes().stream()
            .filter(n -> !n.name().equals(name))
            .map(n -> new NodePlace(n.name(), n.zone(), n.address(), home.resolve(n.name())))
            .toList()
        : List.of();
  }

  private NodePlace peer(Pair pair) {
    Matcher place = PEER.matcher(pair.value());
    Usage.require(
        spec,
        place.matches(),
        "--peer: got \"" + pair.value() + "\", wanted NAME=AZ@HOST:PORT, as b=az-b@10.0.0.2:7512");
    requireAddress("--peer", place.group(2));
    return new NodePlace(pair.name(), place.group(1), place.group(2), dir.resolve(pair.name()));
  }

  private void requireAddress(String option, String address) {
    int port =
        ADDRESS.matcher(address).matches()
            ? Integer.parseInt(address.substring(address.lastIndexOf(':') + 1))
            : -1;
    Usage.require(
        spec,
        port >= 0 && port <= 65_535,
        option + ": got \"" + address + "\", wanted HOST:PORT, as 10.0.0.2:7512");
  }
}
