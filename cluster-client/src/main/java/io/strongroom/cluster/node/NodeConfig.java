package io.strongroom.cluster.node;

import io.strongroom.cluster.config.YamlMap;
import io.strongroom.cluster.identity.Role;
import io.strongroom.cluster.identity.SpiffeId;
import io.strongroom.cluster.identity.TlsFiles;
import io.strongroom.hsm.HsmException;
import java.net.InetSocketAddress;
import java.nio.file.Path;
import java.time.Duration;
import java.util.HashSet;
import java.util.List;
import java.util.Set;
import java.util.regex.Matcher;
import java.util.regex.Pattern;
import org.jspecify.annotations.Nullable;

/**
 * What {@code node.yaml} says. Immutable.
 *
 * @param cluster the cluster's name
 * @param name this node's name
 * @param zone the availability zone it runs in
 * @param listen where it listens; port 0 takes a free one
 * @param hsm the URL of its token
 * @param seals the folder of its seals
 * @param ca the cluster's CA certificate
 * @param certificate its own certificate
 * @param key its own private key
 * @param crl the certificates that the CA has revoked; null for none
 * @param peers the other nodes
 * @param sync how often it compares itself with them
 * @param metrics where it tells of itself over plain HTTP; null where it does not
 */
public record NodeConfig(
    String cluster,
    String name,
    String zone,
    InetSocketAddress listen,
    String hsm,
    Path seals,
    Path ca,
    Path certificate,
    Path key,
    @Nullable Path crl,
    List<Peer> peers,
    Duration sync,
    @Nullable InetSocketAddress metrics) {
  private static final Set<String> KEYS =
      Set.of("cluster", "name", "az", "listen", "hsm", "seals", "tls", "peers", "sync", "metrics");
  private static final Set<String> TLS_KEYS = Set.of("ca", "certificate", "key", "crl");
  private static final Set<String> PEER_KEYS = Set.of("name", "az", "address");
  private static final Duration DEFAULT_SYNC = Duration.ofSeconds(2);
  private static final Pattern SESSIONS = Pattern.compile("[?&]x-sessions=([0-9]{1,4})(&|$)");
  private static final int DEFAULT_SESSIONS = 8;

  /**
   * Another node.
   *
   * @param name its name
   * @param zone its availability zone
   * @param address where it listens, unresolved
   */
  public record Peer(String name, String zone, InetSocketAddress address) {}

  /** Copies the list. */
  public NodeConfig {
    peers = List.copyOf(peers);
  }

  /** Without revoked certificates; it tells of itself through its log and its answers only. */
  public NodeConfig(
      String cluster,
      String name,
      String zone,
      InetSocketAddress listen,
      String hsm,
      Path seals,
      Path ca,
      Path certificate,
      Path key,
      List<Peer> peers,
      Duration sync) {
    this(cluster, name, zone, listen, hsm, seals, ca, certificate, key, null, peers, sync, null);
  }

  /** The same, with metrics and health over plain HTTP at this address; port 0 takes a free one. */
  public NodeConfig withMetrics(InetSocketAddress address) {
    return new NodeConfig(
        cluster, name, zone, listen, hsm, seals, ca, certificate, key, crl, peers, sync, address);
  }

  /** The same, with the certificates that the CA has revoked; the file may be replaced any time. */
  public NodeConfig withRevoked(Path list) {
    return new NodeConfig(
        cluster, name, zone, listen, hsm, seals, ca, certificate, key, list, peers, sync, metrics);
  }

  /**
   * Reads {@code node.yaml}. Relative paths are meant from the file's folder.
   *
   * @throws HsmException.BadInput if it cannot be read, misses a key, has one that is unknown, or
   *     names a node twice; the message names the file and the key
   */
  public static NodeConfig read(Path file) {
    YamlMap yaml = YamlMap.read(file, KEYS);
    YamlMap tls = yaml.map("tls", TLS_KEYS);
    NodeConfig config =
        new NodeConfig(
            name(yaml, "cluster"),
            name(yaml, "name"),
            yaml.text("az"),
            yaml.address("listen"),
            yaml.text("hsm"),
            yaml.path("seals"),
            tls.path("ca"),
            tls.path("certificate"),
            tls.path("key"),
            tls.pathOrNull("crl"),
            yaml.list("peers", PEER_KEYS).stream()
                .map(peer -> new Peer(name(peer, "name"), peer.text("az"), peer.address("address")))
                .toList(),
            yaml.duration("sync", DEFAULT_SYNC),
            yaml.has("metrics") ? yaml.address("metrics") : null);
    Set<String> names = new HashSet<>(Set.of(config.name));
    for (Peer peer : config.peers) {
      if (!names.add(peer.name)) {
        throw new HsmException.BadInput(
            yaml.at("peers") + ": \"" + peer.name + "\" is this node itself or is there twice");
      }
    }
    return config;
  }

  private static String name(YamlMap yaml, String key) {
    return SpiffeId.checkName(yaml.at(key) + ":", yaml.text(key));
  }

  TlsFiles tls() {
    return new TlsFiles(ca, certificate, key, crl);
  }

  SpiffeId nodeId(String nodeName) {
    return new SpiffeId(cluster, Role.NODE, nodeName);
  }

  /** How many operations the token takes at once, as its URL says. */
  int sessions() {
    return sessions(hsm);
  }

  /** The same, of this URL. */
  static int sessions(String hsm) {
    Matcher matcher = SESSIONS.matcher(hsm);
    return matcher.find() ? Math.max(1, Integer.parseInt(matcher.group(1))) : DEFAULT_SESSIONS;
  }
}
