package io.strongroom.cli;

import io.strongroom.cli.local.NodePlace;
import io.strongroom.cli.local.Roster;
import io.strongroom.cli.local.TokenUrls;
import io.strongroom.cluster.node.JoinCeremony;
import io.strongroom.cluster.node.JoinGrant;
import io.strongroom.cluster.node.JoinRequest;
import io.strongroom.cluster.node.NodeConfig;
import io.strongroom.hsm.Hsm;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.Map;
import java.util.concurrent.Callable;
import org.jspecify.annotations.Nullable;
import picocli.CommandLine.Command;
import picocli.CommandLine.Mixin;
import picocli.CommandLine.Model.CommandSpec;
import picocli.CommandLine.Option;
import picocli.CommandLine.Spec;

/** {@code strongroom cluster join}: the domain key for a new token, in three steps over files. */
@Command(
    name = "join",
    description = {
      "Give a new node's token the cluster's domain key, token to token: request at the new node,",
      "approve at a member, accept at the new node."
    },
    mixinStandardHelpOptions = true,
    subcommands = {
      ClusterJoinCommand.Request.class,
      ClusterJoinCommand.Approve.class,
      ClusterJoinCommand.Accept.class
    })
final class ClusterJoinCommand extends CommandGroup {
  private static final int MAX_FILE_BYTES = 64 * 1024;

  /** A step at one node's token. */
  @Command(mixinStandardHelpOptions = true)
  abstract static class Step implements Callable<Integer> {
    @Spec CommandSpec spec = CommandSpec.create();
    @Mixin CommonOptions common = new CommonOptions();

    @Option(names = "--dir", required = true, paramLabel = "D", description = "The node's folder.")
    Path dir = Path.of("");

    NodeConfig config() {
      return NodeConfig.read(dir.resolve("node.yaml"));
    }

    static String text(Path file) {
      return new String(Io.read(file, MAX_FILE_BYTES), StandardCharsets.UTF_8);
    }

    static void write(Path file, String json) {
      Io.write(file, (json + "\n").getBytes(StandardCharsets.UTF_8));
    }
  }

  @Command(
      name = "request",
      description = {
        "At the new node: make a key pair in its token and ask to join with it.",
        "Read the fingerprint to the officer who approves, over another way than the file goes."
      })
  static final class Request extends Step {
    @Option(
        names = "--out",
        required = true,
        paramLabel = "FILE",
        description = "Where the request goes.")
    Path out = Path.of("");

    @Override
    public Integer call() {
      Io.requireWritable(out);
      NodeConfig config = config();
      try (Hsm hsm = Hsm.open(config.hsm())) {
        JoinRequest request = JoinCeremony.begin(hsm);
        write(out, request.toJson());
        common.output(spec).one(Documents.of(config.name(), request, out));
      }
      return ExitCode.DONE;
    }
  }

  @Command(
      name = "approve",
      description = {
        "At a member: have its security officer trust the new token for as long as it takes to",
        "wrap the domain key to it. Other devices than SoftHSM2 may want the node stopped for it."
      })
  static final class Approve extends Step {
    @Option(
        names = "--request",
        required = true,
        paramLabel = "FILE",
        description = "The new node's request.")
    Path request = Path.of("");

    @Option(
        names = "--fingerprint",
        required = true,
        paramLabel = "HEX",
        description = "What was read at the new node: 64 digits, in groups or not.")
    String fingerprint = "";

    @Option(
        names = "--officer-pin",
        paramLabel = "FILE",
        description = "The security officer's PIN (default: D/so.pin).")
    Path officerPin = Path.of("so.pin");

    @Option(
        names = "--out",
        required = true,
        paramLabel = "FILE",
        description = "Where the grant goes; only the new token can open it.")
    Path out = Path.of("");

    @Override
    public Integer call() {
      Io.requireWritable(out);
      JoinRequest asked = JoinRequest.parse(text(request));
      NodeConfig config = config();
      boolean named = spec.commandLine().getParseResult().hasMatchedOption("--officer-pin");
      Path pin = named ? officerPin : dir.resolve(officerPin);
      Io.requireReadable(pin);
      JoinGrant grant =
          JoinCeremony.approve(
              new JoinCeremony.Member(
                  config.hsm(), TokenUrls.withPin(config.hsm(), pin.toAbsolutePath()), dir),
              asked,
              fingerprint);
      write(out, grant.toJson());
      common.output(spec).one(Documents.of(config.name(), grant.checkValues(), out));
      return ExitCode.DONE;
    }
  }

  @Command(
      name = "accept",
      description = {
        "At the new node: open the grant in its token, and compare the check values; then add the",
        "node to cluster.yaml and to its peers' node.yaml, which running nodes read again."
      })
  static final class Accept extends Step {
    @Option(
        names = "--grant",
        required = true,
        paramLabel = "FILE",
        description = "The member's grant.")
    Path grant = Path.of("");

    @Option(
        names = "--config",
        paramLabel = "FILE",
        description =
            "The cluster.yaml to add the node to, with the node.yaml of the nodes beside it"
                + " (default: the one beside D, if there is one).")
    @Nullable Path clusterYaml;

    @Option(
        names = "--address",
        paramLabel = "HOST:PORT",
        description = "Where the others reach it (default: where it listens).")
    @Nullable String address;

    @Override
    public Integer call() {
      JoinGrant given = JoinGrant.parse(text(grant));
      NodeConfig config = config();
      if (clusterYaml != null) {
        Io.requireReadable(clusterYaml);
      }
      Map<String, @Nullable Object> document;
      try (Hsm hsm = Hsm.open(config.hsm())) {
        document = Documents.of(config.name(), JoinCeremony.accept(hsm, dir, given), null);
      }
      register(config, document);
      return ExitCode.DONE;
    }

    private void register(NodeConfig config, Map<String, @Nullable Object> document) {
      Path folder = dir.toAbsolutePath().normalize();
      Path file = clusterYaml == null ? folder.resolveSibling("cluster.yaml") : clusterYaml;
      NodePlace own = NodePlace.of(config, folder);
      NodePlace place =
          address == null ? own : new NodePlace(own.name(), own.zone(), address, own.folder());
      Output output = common.output(spec);
      if (!Files.exists(file)) {
        output.one(document);
        output.line("add to nodes in cluster.yaml, and to peers in each node.yaml:");
        output.line(place.entry());
        return;
      }
      Roster roster = new Roster(file);
      roster.add(place);
      document.put("changedFiles", Documents.texts(roster.changed()));
      document.put("changeByHand", roster.elsewhere());
      output.one(document);
      roster
          .elsewhere()
          .forEach(other ->
              output.line("at node " + other + ": add to peers in node.yaml: " + place.entry()));
    }
  }
}
