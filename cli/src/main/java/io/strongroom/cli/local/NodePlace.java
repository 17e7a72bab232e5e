package io.strongroom.cli.local;

import io.strongroom.cluster.node.NodeConfig;
import io.strongroom.hsm.HsmException;
import java.nio.file.Path;
import java.util.Set;
import java.util.regex.Pattern;

/**
 * Where a node of a local cluster is. Immutable.
 *
 * @param name the node's name
 * @param zone its availability zone
 * @param address host and port
 * @param folder its token, certificate, seals and {@code node.yaml}
 */
public record NodePlace(String name, String zone, String address, Path folder) {
  /** What SPIFFE ids and folders can hold. */
  private static final Pattern NAME = Pattern.compile("[a-z0-9][a-z0-9._-]*");

  private static final int MAX_CLUSTER_NAME = 63;

  /** A node's name is its token's label too (32 bytes, PKCS#11 v2.40 §3.2). */
  private static final int MAX_NODE_NAME = 32;

  private static final Pattern ZONE = Pattern.compile("[A-Za-z0-9][A-Za-z0-9._-]{0,62}");

  /** What else is in a cluster's folder. */
  private static final Set<String> TAKEN =
      Set.of("identities", "ca.crt", "ca.key", "cluster.yaml", "custody.db");

  /** Where the node of this configuration is. */
  public static NodePlace of(NodeConfig config, Path folder) {
    String host = config.listen().getHostString();
    String address =
        (host.contains(":") ? "[" + host + "]" : host) + ":" + config.listen().getPort();
    return new NodePlace(config.name(), config.zone(), address, folder);
  }

  /** Its entry in {@code cluster.yaml} and {@code node.yaml}. */
  public String entry() {
    return YamlList.entry(this);
  }

  /**
   * Makes sure that a node can have this name and zone.
   *
   * @throws HsmException.BadInput if it cannot
   */
  static void requireUsable(String name, String zone) {
    requireName("node", name, MAX_NODE_NAME);
    if (TAKEN.contains(name)) {
      throw new HsmException.BadInput(
          "a node cannot be called \"" + name + "\": something else in the folder is; rename it");
    }
    if (!ZONE.matcher(zone).matches()) {
      throw new HsmException.BadInput(
          "zone \"%s\" of node %s is not 1 to 63 letters, digits, dots, dashes and underscores"
              .formatted(zone, name));
    }
  }

  /**
   * Makes sure that a cluster can have this name.
   *
   * @throws HsmException.BadInput if it cannot
   */
  static void requireClusterName(String name) {
    requireName("cluster", name, MAX_CLUSTER_NAME);
  }

  private static void requireName(String what, String name, int maxLength) {
    if (!NAME.matcher(name).matches() || name.length() > maxLength) {
      throw new HsmException.BadInput(
          "%s name \"%s\" is not 1 to %d lower-case letters, digits, dots, dashes and underscores"
              .formatted(what, name, maxLength));
    }
  }
}
