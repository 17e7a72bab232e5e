package io.strongroom.cli.local;

import io.strongroom.cluster.ClusterAuthority;
import io.strongroom.cluster.node.DomainKeys;
import io.strongroom.cluster.node.JoinCeremony;
import io.strongroom.cluster.node.JoinGrant;
import io.strongroom.cluster.node.JoinRequest;
import io.strongroom.hsm.Hsm;
import io.strongroom.hsm.HsmException;
import io.strongroom.softhsm.SoftHsmToken;
import java.io.IOException;
import java.io.UncheckedIOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Clock;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.function.Consumer;

/**
 * A cluster on one machine: an authority, a SoftHSM2 token and a node folder per zone, and the
 * domain key in every token, carried there by the join ceremony. Immutable.
 *
 * @param folder where all of it is
 * @param cluster the cluster's name
 * @param nodes the nodes, in the order of the plan
 * @param officer the officer's certificate and key, without {@code .crt} and {@code .key}
 * @param user the user's, likewise
 * @param domainCheckValue the domain key's check value, equal in all tokens
 */
public record LocalCluster(
    Path folder,
    String cluster,
    List<NodePlace> nodes,
    Path officer,
    Path user,
    String domainCheckValue) {

  /**
   * What is to be made.
   *
   * @param cluster the cluster's name
   * @param zones the nodes' names and their zones
   * @param basePort the first node's port on 127.0.0.1; the others follow
   */
  public record Plan(String cluster, Map<String, String> zones, int basePort) {
    /**
     * Checks names and ports.
     *
     * @throws HsmException.BadInput if a name will not do, there is no node, or a port is out of
     *     range
     */
    public Plan {
      NodePlace.requireClusterName(cluster);
      zones.forEach(NodePlace::requireUsable);
      if (zones.isEmpty()) {
        throw new HsmException.BadInput(
            "a cluster has at least one node; give a=az-a,b=az-b,c=az-c");
      }
      if (basePort < 1 || basePort + zones.size() - 1 > 65_535) {
        throw new HsmException.BadInput(
            "ports "
                + basePort
                + " to "
                + (basePort + zones.size() - 1)
                + " are not all between 1 and 65535; give another --base-port");
      }
    }
  }

  /** The configuration that clients open. */
  public Path config() {
    return folder.resolve("cluster.yaml");
  }

  /** The URL under which the cluster is opened. */
  public String hsmUrl() {
    return "cluster:" + config();
  }

  /** A node's token, opened by its own PKCS#11 URL. */
  public SoftHsmToken token(String node) {
    return SoftHsmToken.open(folder.resolve(node));
  }

  /**
   * Makes a cluster in a new or empty folder; whatever was made is removed again if a part fails.
   *
   * @param progress gets a line for each thing that is made
   * @throws HsmException.KeyExists if the folder has something in it
   */
  public static LocalCluster create(Path dir, Plan plan, Clock clock, Consumer<String> progress) {
    Path folder = Folders.requireEmpty(dir);
    boolean existed = Files.isDirectory(folder);
    boolean done = false;
    try {
      LocalCluster made = make(folder, plan, clock, progress);
      done = true;
      return made;
    } catch (IOException e) {
      throw new UncheckedIOException("the cluster's folder " + folder + " cannot be made", e);
    } finally {
      if (!done) {
        Folders.deleteTree(folder, existed);
      }
    }
  }

  private static LocalCluster make(Path folder, Plan plan, Clock clock, Consumer<String> progress)
      throws IOException {
    Files.createDirectories(folder);
    List<NodePlace> nodes = places(folder, plan);
    ClusterAuthority authority = ClusterAuthority.create(folder, plan.cluster(), clock);
    progress.accept("certificate authority " + folder.resolve("ca.crt"));
    Path identities = Files.createDirectories(folder.resolve("identities"));
    Path officer = authority.issueOfficer("admin", identities);
    Path user = authority.issueUser("app", identities);
    List<SoftHsmToken> tokens = new ArrayList<>();
    for (NodePlace node : nodes) {
      tokens.add(makeNode(authority, node, nodes));
      progress.accept("token and node " + node.name() + " in " + node.zone());
    }
    String domain = found(tokens.getFirst());
    progress.accept(
        "domain key made in token " + nodes.getFirst().name() + ", check value " + domain);
    for (SoftHsmToken token : tokens.subList(1, tokens.size())) {
      String joined = join(tokens.getFirst(), token, progress);
      if (!joined.equals(domain)) {
        throw new HsmException.DeviceUnavailable(
            "token " + token.label() + " has another domain key: " + joined + ", not " + domain);
      }
    }
    LocalCluster made = new LocalCluster(folder, plan.cluster(), nodes, officer, user, domain);
    ConfigFiles.writeCluster(
        made.config(), plan.cluster(), nodes, folder.relativize(officer).toString());
    return made;
  }

  private static List<NodePlace> places(Path folder, Plan plan) {
    List<NodePlace> nodes = new ArrayList<>();
    plan.zones()
        .forEach((name, zone) ->
            nodes.add(
                new NodePlace(
                    name,
                    zone,
                    "127.0.0.1:" + (plan.basePort() + nodes.size()),
                    folder.resolve(name))));
    return List.copyOf(nodes);
  }

  private static SoftHsmToken makeNode(
      ClusterAuthority authority, NodePlace node, List<NodePlace> all) {
    SoftHsmToken token = SoftHsmToken.create(node.folder(), node.name());
    authority.issueNode(node.name(), node.folder());
    ConfigFiles.writeNode(authority.cluster(), node, token.url(), all);
    return token;
  }

  private static String found(SoftHsmToken first) {
    try (Hsm hsm = Hsm.open(first.url())) {
      return DomainKeys.create(hsm, first.dir()).domainKey();
    }
  }

  // One library instance in a process serves one token: the tokens are opened in turn.
  private static String join(SoftHsmToken member, SoftHsmToken joining, Consumer<String> progress) {
    JoinRequest request;
    try (Hsm hsm = Hsm.open(joining.url())) {
      request = JoinCeremony.begin(hsm);
    }
    progress.accept("token " + joining.label() + " asks to join: " + request.fingerprint());
    JoinGrant grant =
        JoinCeremony.approve(
            new JoinCeremony.Member(member.url(), member.officerUrl(), member.dir()),
            request,
            request.fingerprint());
    try (Hsm hsm = Hsm.open(joining.url())) {
      String checkValue = JoinCeremony.accept(hsm, joining.dir(), grant).domainKey();
      progress.accept("token " + joining.label() + " joined, check value " + checkValue);
      return checkValue;
    }
  }
}
