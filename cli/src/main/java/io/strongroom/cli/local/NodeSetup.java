package io.strongroom.cli.local;

import io.strongroom.cluster.ClusterAuthority;
import io.strongroom.cluster.node.DomainKeys;
import io.strongroom.hsm.Hsm;
import io.strongroom.hsm.HsmException;
import io.strongroom.softhsm.SoftHsmToken;
import java.io.IOException;
import java.io.UncheckedIOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Clock;
import java.util.List;
import org.jspecify.annotations.Nullable;

/**
 * One node's folder: its certificate, its {@code node.yaml} and, unless it stands in front of
 * another device, a SoftHSM2 token. Immutable.
 *
 * @param cluster the cluster's name
 * @param node the node
 * @param peers the nodes that are there already
 * @param authority the folder of the cluster's certificate authority
 * @param hsmUrl the device's URL; null to make a SoftHSM2 token
 */
public record NodeSetup(
    String cluster,
    NodePlace node,
    List<NodePlace> peers,
    Path authority,
    @Nullable String hsmUrl) {

  /**
   * Checks the names.
   *
   * @throws HsmException.BadInput if one will not do
   */
  public NodeSetup {
    NodePlace.requireClusterName(cluster);
    NodePlace.requireUsable(node.name(), node.zone());
    peers.forEach(peer -> NodePlace.requireUsable(peer.name(), peer.zone()));
    peers = List.copyOf(peers);
  }

  /**
   * Makes the cluster's first node, and with it what a cluster has only once: the authority with an
   * officer and a user, {@code cluster.yaml}, and the domain key.
   *
   * @param domain whether to make a domain key too; not where a backup is to bring the one it had
   * @return the domain key's check value; null without one
   * @throws HsmException.KeyExists if there is an authority or a node in the folders already
   */
  public @Nullable String createFirst(Clock clock, boolean domain) {
    boolean done = false;
    Path folder = Folders.requireEmpty(node.folder());
    Path home = authority.toAbsolutePath().normalize();
    requireNoAuthority(home);
    try {
      Files.createDirectories(home);
      ClusterAuthority made = ClusterAuthority.create(home, cluster, clock);
      Path identities = Files.createDirectories(home.resolve("identities"));
      Path officer = made.issueOfficer("admin", identities);
      made.issueUser("app", identities);
      String url = makeNode(made);
      String checkValue = domain ? newDomain(url, folder) : null;
      ConfigFiles.writeCluster(
          home.resolve("cluster.yaml"),
          cluster,
          List.of(node),
          home.relativize(officer).toString());
      done = true;
      return checkValue;
    } catch (IOException e) {
      throw new UncheckedIOException("the cluster's folder " + home + " cannot be made", e);
    } finally {
      if (!done) {
        Folders.deleteTree(folder, false);
        Folders.deleteTree(home.resolve("identities"), false);
        Folders.deleteTree(home.resolve("ca.crt"), false);
        Folders.deleteTree(home.resolve("ca.key"), false);
        Folders.deleteTree(home.resolve("cluster.yaml"), false);
      }
    }
  }

  private static String newDomain(String url, Path folder) {
    try (Hsm hsm = Hsm.open(url)) {
      return DomainKeys.create(hsm, folder).domainKey();
    }
  }

  /**
   * Makes a further node, which still has to join.
   *
   * @throws HsmException.KeyExists if there is something in its folder already
   * @throws HsmException.BadInput if the authority is missing or another cluster's
   */
  public void createFurther(Clock clock) {
    boolean done = false;
    Path folder = Folders.requireEmpty(node.folder());
    ClusterAuthority opened = ClusterAuthority.open(authority, clock);
    if (!opened.cluster().equals(cluster)) {
      throw new HsmException.BadInput(
          "the authority in %s is of cluster \"%s\", not \"%s\"; give another --ca or --cluster"
              .formatted(authority, opened.cluster(), cluster));
    }
    try {
      makeNode(opened);
      done = true;
    } finally {
      if (!done) {
        Folders.deleteTree(folder, false);
      }
    }
  }

  private static void requireNoAuthority(Path home) {
    for (String name : List.of("ca.crt", "ca.key", "identities", "cluster.yaml")) {
      if (Files.exists(home.resolve(name))) {
        throw new HsmException.KeyExists(
            home.resolve(name)
                + " exists: this cluster has a first node already; leave --first out, or give"
                + " another --ca");
      }
    }
  }

  private String makeNode(ClusterAuthority by) {
    String url = hsmUrl;
    if (url == null) {
      url = SoftHsmToken.create(node.folder(), node.name()).url();
    } else {
      createFolder();
    }
    by.issueNode(node.name(), node.folder());
    ConfigFiles.writeNode(cluster, node, url, peers);
    return url;
  }

  private void createFolder() {
    try {
      Files.createDirectories(node.folder());
    } catch (IOException e) {
      throw new UncheckedIOException("the node's folder " + node.folder() + " cannot be made", e);
    }
  }
}
