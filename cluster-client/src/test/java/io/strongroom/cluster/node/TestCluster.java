package io.strongroom.cluster.node;

import io.strongroom.cluster.ClusterAuthority;
import io.strongroom.cluster.identity.TlsFiles;
import io.strongroom.softhsm.FaultyLibrary;
import java.io.IOException;
import java.io.UncheckedIOException;
import java.net.InetSocketAddress;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Clock;
import java.time.Duration;
import java.util.List;
import java.util.stream.Stream;

/** A cluster "demo" in a folder: an authority, identities, and tokens with one domain. */
final class TestCluster {
  static final String NAME = "demo";
  static final Duration SYNC = Duration.ofMillis(200);

  private final Path root;
  private final ClusterAuthority authority;

  TestCluster(Path root) {
    this.root = root;
    this.authority = ClusterAuthority.create(root, NAME, Clock.systemUTC());
    authority.issueOfficer("admin", root);
    authority.issueUser("app", root);
  }

  ClusterAuthority authority() {
    return authority;
  }

  TestToken first(String name) {
    TestToken token = TestToken.createFirst(root, name);
    authority.issueNode(name, token.folder());
    return token;
  }

  TestToken joined(String name, TestToken member) {
    TestToken token = TestToken.createJoined(root, name, member);
    authority.issueNode(name, token.folder());
    return token;
  }

  /** A node on a free port that asks these peers. */
  HsmNode start(TestToken token, HsmNode... peers) {
    return HsmNode.start(config(token, peers));
  }

  /** One that uses its token through a library whose faults can be set. */
  HsmNode start(TestToken token, FaultyLibrary library) {
    return HsmNode.start(config(token, library.url(), List.of()));
  }

  NodeConfig config(TestToken token, HsmNode... peers) {
    return config(token, Stream.of(peers).map(TestCluster::peer).toList());
  }

  static NodeConfig.Peer peer(HsmNode node) {
    return new NodeConfig.Peer(node.name(), "az", node.address());
  }

  NodeConfig config(TestToken token, List<NodeConfig.Peer> asked) {
    return config(token, token.token().url(), asked);
  }

  private static NodeConfig config(TestToken token, String hsm, List<NodeConfig.Peer> asked) {
    Path folder = token.folder();
    return new NodeConfig(
        NAME,
        token.token().label(),
        "az-" + token.token().label(),
        InetSocketAddress.createUnresolved("127.0.0.1", 0),
        hsm,
        token.seals(),
        folder.resolve("ca.crt"),
        folder.resolve("node.crt"),
        folder.resolve("node.key"),
        asked,
        SYNC);
  }

  TlsFiles officer() {
    return identity(root, "officer-admin");
  }

  TlsFiles user() {
    return identity(root, "user-app");
  }

  TlsFiles node(TestToken token) {
    return identity(token.folder(), "node");
  }

  /** An officer of the same name, in another cluster with another CA. */
  TlsFiles strangerWithOwnCa() {
    try {
      Path folder = Files.createTempDirectory(root, "stranger");
      ClusterAuthority.create(folder, NAME, Clock.systemUTC()).issueOfficer("admin", folder);
      return new TlsFiles(
          root.resolve("ca.crt"),
          folder.resolve("officer-admin.crt"),
          folder.resolve("officer-admin.key"));
    } catch (IOException e) {
      throw new UncheckedIOException(e);
    }
  }

  private TlsFiles identity(Path folder, String name) {
    return new TlsFiles(
        root.resolve("ca.crt"), folder.resolve(name + ".crt"), folder.resolve(name + ".key"));
  }
}
