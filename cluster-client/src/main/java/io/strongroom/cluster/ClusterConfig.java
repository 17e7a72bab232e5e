package io.strongroom.cluster;

import io.strongroom.cluster.config.YamlMap;
import io.strongroom.cluster.identity.SpiffeId;
import io.strongroom.cluster.identity.TlsFiles;
import io.strongroom.hsm.HsmException;
import java.net.InetSocketAddress;
import java.nio.file.Path;
import java.time.Duration;
import java.util.HashSet;
import java.util.List;
import java.util.Set;
import org.jspecify.annotations.Nullable;

/**
 * How a client reaches a cluster. Immutable; the {@code with…} methods return changed copies.
 *
 * <p>As a file, where relative paths are meant from the file's folder:
 *
 * <pre>
 * cluster: demo
 * az: az-a                       # own zone; optional
 * nodes:
 *   - {name: a, az: az-a, address: "127.0.0.1:7512"}
 *   - {name: c, az: az-a, hsm: "pkcs11:token=c?…", seals: seals-c}   # a token of this process
 * tls: {ca: ca.crt, certificate: officer-admin.crt, key: officer-admin.key}
 * quorum: 2                      # a majority; the least one if it is not given
 * deadline: 5s                   # default 5s
 * hedge: 30ms                    # ask a second node after this time; never if it is not given
 * </pre>
 *
 * @param cluster the cluster's name
 * @param zone the caller's own availability zone, whose nodes are asked first; empty for none
 * @param nodes the nodes, at least one; all of the cluster's, or those that are to be used
 * @param tls the PEM files that prove who the caller is; {@link Tls#NONE} if all nodes are of this
 *     process
 * @param quorum how many nodes of the cluster must hold a key before a creation succeeds, and
 *     confirm a destruction; more than half of them, so that no two keys can both be acknowledged
 *     under one id or label. With fewer nodes than this, keys can be used, but not made or
 *     destroyed
 * @param deadline the longest that an operation may take, repeats on other nodes included; key
 *     management (create, unwrap, destroy), where keys are generated, may take four times as long
 * @param hedge after how long without an answer a second node is asked too; null for never
 */
public record ClusterConfig(
    String cluster,
    String zone,
    List<Node> nodes,
    Tls tls,
    int quorum,
    Duration deadline,
    @Nullable Duration hedge) {

  /** The deadline where none is given. */
  public static final Duration DEFAULT_DEADLINE = Duration.ofSeconds(5);

  private static final int MOST_NODES = 64;

  /**
   * A node of the cluster: a server, or a token that this process works with itself.
   *
   * @param name its name, as in its certificate
   * @param zone its availability zone; empty for none
   * @param host its host name or address; empty for a token of this process
   * @param port its port; 0 for a token of this process
   * @param token the token, if this process works with it itself; else null
   */
  public record Node(String name, String zone, String host, int port, @Nullable Token token) {

    /** A server. */
    public Node(String name, String zone, String host, int port) {
      this(name, zone, host, port, null);
    }

    /** A token that this process works with itself: a node without a server. */
    public static Node inProcess(String name, String zone, Token token) {
      return new Node(name, zone, "", 0, token);
    }

    /** {@code host:port}, IPv6 addresses in brackets; {@code in-process} for a token. */
    public String address() {
      return token != null
          ? "in-process"
          : (host.contains(":") ? "[" + host + "]" : host) + ":" + port;
    }
  }

  /**
   * A token that this process works with itself. It has joined the cluster like any node's; no
   * other process may use its seals at the same time.
   *
   * @param hsm its {@code pkcs11:} URL
   * @param seals the folder of its seals
   */
  public record Token(String hsm, Path seals) {

    private static final String SCHEME = "pkcs11:";

    /**
     * Checks the URL's scheme.
     *
     * @throws HsmException.BadInput if it is another
     */
    public Token {
      if (!hsm.regionMatches(true, 0, SCHEME, 0, SCHEME.length())) {
        throw new HsmException.BadInput("a node's hsm is a pkcs11: URL");
      }
    }

    /** Without the URL, which may say where its PIN is. */
    @Override
    public String toString() {
      return "Token[seals=" + seals + "]";
    }
  }

  /**
   * The files that prove who the caller is.
   *
   * @param ca the cluster's CA certificate, PEM
   * @param certificate the caller's certificate, PEM
   * @param key its private key, PKCS#8 in PEM
   * @param crl the certificates that the CA has revoked, PEM; null for none
   */
  public record Tls(Path ca, Path certificate, Path key, @Nullable Path crl) {

    /** No files: for a cluster whose nodes are all of this process. */
    public static final Tls NONE = new Tls(Path.of(""), Path.of(""), Path.of(""));

    /** Without revoked certificates. */
    public Tls(Path ca, Path certificate, Path key) {
      this(ca, certificate, key, null);
    }

    TlsFiles files() {
      return new TlsFiles(ca, certificate, key, crl);
    }
  }

  /**
   * Checks names and numbers.
   *
   * @throws HsmException.BadInput if a name is malformed or used twice, there is no node, the
   *     quorum is not more than half of the nodes, or the deadline or hedge is not positive
   */
  public ClusterConfig {
    nodes = List.copyOf(nodes);
    SpiffeId.checkName("cluster", cluster);
    if (nodes.isEmpty() || nodes.size() > MOST_NODES) {
      throw new HsmException.BadInput(
          "cluster \"" + cluster + "\" has " + nodes.size() + " nodes; give 1 to " + MOST_NODES);
    }
    Set<String> names = new HashSet<>();
    for (Node node : nodes) {
      SpiffeId.checkName("node", node.name());
      if (!names.add(node.name())) {
        throw new HsmException.BadInput(
            "cluster \"" + cluster + "\" names node \"" + node.name() + "\" twice");
      }
    }
    if (quorum < majority(nodes.size())) {
      throw new HsmException.BadInput(
          ("cluster \"%s\" has %d nodes and a quorum of %d, which is no majority: two keys could both"
                  + " be acknowledged under one id; give at least %d")
              .formatted(cluster, nodes.size(), quorum, majority(nodes.size())));
    }
    if (!deadline.isPositive()) {
      throw new HsmException.BadInput("a deadline of " + deadline + " leaves no time; give 5s");
    }
    if (hedge != null && !hedge.isPositive()) {
      throw new HsmException.BadInput(
          "a hedge of " + hedge + " would ask two nodes for everything; give 30ms, or none");
    }
  }

  /** Without hedging. */
  public ClusterConfig(
      String cluster, String zone, List<Node> nodes, Tls tls, int quorum, Duration deadline) {
    this(cluster, zone, nodes, tls, quorum, deadline, null);
  }

  /**
   * Reads a file.
   *
   * @throws HsmException.BadInput if it cannot be read, a key is unknown or missing, or a value is
   *     malformed; the message names file and key
   */
  public static ClusterConfig read(Path file) {
    YamlMap yaml =
        YamlMap.read(file, Set.of("cluster", "az", "nodes", "tls", "quorum", "deadline", "hedge"));
    List<Node> nodes =
        yaml.list("nodes", Set.of("name", "az", "address", "hsm", "seals")).stream()
            .map(ClusterConfig::node)
            .toList();
    Tls files =
        yaml.has("tls") || nodes.stream().anyMatch(node -> node.token() == null)
            ? tls(yaml)
            : Tls.NONE;
    String cluster = yaml.text("cluster");
    int quorum = yaml.integer("quorum", 1, majority(nodes.size()));
    if (quorum > nodes.size() && !nodes.isEmpty()) {
      throw new HsmException.BadInput(
          yaml.at("quorum")
              + ": got "
              + quorum
              + ", and there are "
              + nodes.size()
              + " nodes; give "
              + majority(nodes.size())
              + " to "
              + nodes.size());
    }
    Duration deadline = yaml.duration("deadline", DEFAULT_DEADLINE);
    try {
      return new ClusterConfig(
          cluster, textOrEmpty(yaml, "az"), nodes, files, quorum, deadline, hedge(yaml));
    } catch (HsmException.BadInput e) {
      throw new HsmException.BadInput(file + ": " + e.text(), e);
    }
  }

  /**
   * Only these nodes. The quorum stays the cluster's: with fewer nodes no key is made or destroyed.
   *
   * @throws HsmException.BadInput if there is no node with one of the names
   */
  public ClusterConfig withNodes(List<String> names) {
    List<String> known = nodes.stream().map(Node::name).toList();
    for (String name : names) {
      if (!known.contains(name)) {
        throw new HsmException.BadInput(
            "cluster \"" + cluster + "\" has no node \"" + name + "\"; there are " + known);
      }
    }
    List<Node> chosen = nodes.stream().filter(n -> names.contains(n.name())).toList();
    return new ClusterConfig(cluster, zone, chosen, tls, quorum, deadline, hedge);
  }

  /**
   * As another identity.
   *
   * @param path the path of its files without {@code .crt} and {@code .key}
   */
  public ClusterConfig withIdentity(Path path) {
    Tls other =
        new Tls(
            tls.ca(),
            path.resolveSibling(path.getFileName() + ".crt"),
            path.resolveSibling(path.getFileName() + ".key"),
            tls.crl());
    return new ClusterConfig(cluster, zone, nodes, other, quorum, deadline, hedge);
  }

  /**
   * Reads who the caller is, where that matters.
   *
   * @throws HsmException.BadInput if certificate or key cannot be read
   */
  void requireIdentity() {
    if (!tls.equals(Tls.NONE)) {
      tls.files().identity();
    }
  }

  /** From another zone; empty for none. */
  public ClusterConfig withZone(String other) {
    return new ClusterConfig(cluster, other, nodes, tls, quorum, deadline, hedge);
  }

  /**
   * With hedging: a second node is asked too when an operation takes longer than this.
   *
   * @param after the time; null for never
   */
  public ClusterConfig withHedge(@Nullable Duration after) {
    return new ClusterConfig(cluster, zone, nodes, tls, quorum, deadline, after);
  }

  private static @Nullable Duration hedge(YamlMap yaml) {
    return yaml.textOrNull("hedge") == null ? null : yaml.duration("hedge", DEFAULT_DEADLINE);
  }

  /** The least quorum of a cluster: any two of that size have a node in common. */
  static int majority(int nodes) {
    return nodes / 2 + 1;
  }

  /**
   * The zone whose nodes are asked first: the own one, or that of a token of this process; empty
   * for none.
   */
  String ownZone() {
    return zone.isEmpty()
        ? nodes.stream().filter(n -> n.token() != null).map(Node::zone).findFirst().orElse("")
        : zone;
  }

  private static Tls tls(YamlMap yaml) {
    YamlMap tls = yaml.map("tls", Set.of("ca", "certificate", "key", "crl"));
    return new Tls(tls.path("ca"), tls.path("certificate"), tls.path("key"), tls.pathOrNull("crl"));
  }

  private static Node node(YamlMap yaml) {
    String hsm = yaml.textOrNull("hsm");
    if (hsm != null && yaml.has("address")) {
      throw new HsmException.BadInput(
          yaml.at("hsm") + ": a node has an address, or it is a token of this process, not both");
    }
    if (hsm != null) {
      return Node.inProcess(yaml.text("name"), textOrEmpty(yaml, "az"), token(yaml, hsm));
    }
    InetSocketAddress address = yaml.address("address");
    return new Node(
        yaml.text("name"), textOrEmpty(yaml, "az"), address.getHostString(), address.getPort());
  }

  private static Token token(YamlMap yaml, String hsm) {
    Path seals = yaml.path("seals");
    try {
      return new Token(hsm, seals);
    } catch (HsmException.BadInput e) {
      throw new HsmException.BadInput(yaml.at("hsm") + ": " + e.text(), e);
    }
  }

  private static String textOrEmpty(YamlMap yaml, String key) {
    String text = yaml.textOrNull(key);
    return text == null ? "" : text;
  }
}
