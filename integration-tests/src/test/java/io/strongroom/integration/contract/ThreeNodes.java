package io.strongroom.integration.contract;

import io.strongroom.cluster.ClusterAuthority;
import io.strongroom.cluster.ClusterConfig;
import io.strongroom.cluster.node.DomainKeys;
import io.strongroom.cluster.node.HsmNode;
import io.strongroom.cluster.node.JoinCeremony;
import io.strongroom.cluster.node.JoinGrant;
import io.strongroom.cluster.node.JoinRequest;
import io.strongroom.cluster.node.NodeConfig;
import io.strongroom.hsm.Hsm;
import io.strongroom.softhsm.SoftHsmToken;
import java.io.IOException;
import java.net.InetSocketAddress;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Clock;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;

/** Three nodes in this JVM, each before a SoftHSM2 token of its own, all of one domain. */
final class ThreeNodes implements AutoCloseable {
  private static final String CLUSTER = "contract";

  private final Path folder;
  private final Path officer;
  private final List<HsmNode> nodes = new ArrayList<>();

  /** Makes tokens and domain in an empty folder, and starts the nodes. */
  ThreeNodes(Path folder) throws IOException {
    this.folder = folder;
    ClusterAuthority authority = ClusterAuthority.create(folder, CLUSTER, Clock.systemUTC());
    officer = authority.issueOfficer("admin", folder);
    List<SoftHsmToken> tokens = new ArrayList<>();
    for (String name : List.of("a", "b", "c")) {
      Path own = Files.createDirectory(folder.resolve(name));
      authority.issueNode(name, own);
      tokens.add(SoftHsmToken.create(own, name).withOwnLibrary());
    }
    SoftHsmToken first = tokens.getFirst();
    try (Hsm hsm = Hsm.open(first.url())) {
      DomainKeys.create(hsm, first.dir());
    }
    tokens.stream().skip(1).forEach(joining -> join(joining, first));
    tokens.forEach(token -> nodes.add(HsmNode.start(config(token))));
  }

  private static void join(SoftHsmToken token, SoftHsmToken member) {
    try (Hsm joining = Hsm.open(token.url())) {
      JoinRequest request = JoinCeremony.begin(joining);
      JoinGrant grant =
          JoinCeremony.approve(
              new JoinCeremony.Member(member.url(), member.officerUrl(), member.dir()),
              request,
              request.fingerprint());
      JoinCeremony.accept(joining, token.dir(), grant);
    }
  }

  private static NodeConfig config(SoftHsmToken token) {
    Path own = token.dir();
    return new NodeConfig(
        CLUSTER,
        token.label(),
        "az-" + token.label(),
        InetSocketAddress.createUnresolved("127.0.0.1", 0),
        token.url(),
        own.resolve("seals"),
        own.resolve("ca.crt"),
        own.resolve("node.crt"),
        own.resolve("node.key"),
        List.of(),
        Duration.ofSeconds(2));
  }

  /** How an officer reaches them. */
  ClusterConfig clusterConfig() {
    List<ClusterConfig.Node> members =
        nodes.stream()
            .map(n ->
                new ClusterConfig.Node(
                    n.name(), "az-" + n.name(), "127.0.0.1", n.address().getPort()))
            .toList();
    return new ClusterConfig(
            CLUSTER,
            "",
            members,
            new ClusterConfig.Tls(folder.resolve("ca.crt"), officer, officer),
            2,
            ClusterConfig.DEFAULT_DEADLINE)
        .withIdentity(officer);
  }

  @Override
  public void close() {
    nodes.forEach(HsmNode::close);
  }
}
