package io.strongroom.cli.local;

import io.strongroom.cluster.ClusterConfig;
import io.strongroom.cluster.node.NodeConfig;
import io.strongroom.hsm.HsmException;
import java.io.IOException;
import java.io.UncheckedIOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.StandardCopyOption;
import java.util.ArrayList;
import java.util.List;
import java.util.function.Consumer;
import java.util.function.UnaryOperator;
import java.util.stream.Stream;

/**
 * Who belongs to a cluster, as the configuration files say: {@code cluster.yaml}, and the {@code
 * node.yaml} of each node whose folder is beside it. Files are replaced whole, and only by ones
 * that can be read. For one thread.
 */
public final class Roster {
  private static final String NODE_FILE = "node.yaml";

  private final Path clusterYaml;
  private final List<Path> changed = new ArrayList<>();
  private final List<String> elsewhere = new ArrayList<>();

  /** For the cluster of this {@code cluster.yaml}. */
  public Roster(Path clusterYaml) {
    this.clusterYaml = clusterYaml.toAbsolutePath().normalize();
  }

  /** The files that were changed. */
  public List<Path> changed() {
    return List.copyOf(changed);
  }

  /** The nodes whose folder is not here: their {@code node.yaml} has to be changed there. */
  public List<String> elsewhere() {
    return List.copyOf(elsewhere);
  }

  /**
   * Adds a node, or corrects its zone and address, for all others; and them for it. Nothing changes
   * where all is so already.
   *
   * @throws HsmException.BadInput if a file cannot be read, or not be changed by a program
   */
  public void add(NodePlace node) {
    edit(clusterYaml, text -> YamlList.of(text, "nodes").with(node), ClusterConfig::read);
    ClusterConfig cluster = ClusterConfig.read(clusterYaml);
    List<NodePlace> others =
        cluster.nodes().stream()
            .filter(n -> !n.name().equals(node.name()))
            .map(n -> new NodePlace(n.name(), n.zone(), n.address(), node.folder()))
            .toList();
    for (NodePlace other : others) {
      editNode(cluster, other.name(), text -> YamlList.of(text, "peers").with(node));
    }
    edit(
        node.folder().resolve(NODE_FILE),
        text -> {
          String now = text;
          for (NodePlace other : others) {
            now = YamlList.of(now, "peers").with(other);
          }
          return now;
        },
        NodeConfig::read);
  }

  /**
   * Removes a node for all others. Nothing changes where it is gone already.
   *
   * @throws HsmException.BadInput if a file cannot be read, or not be changed by a program, or the
   *     cluster has no other node
   */
  public void remove(String name) {
    edit(clusterYaml, text -> YamlList.of(text, "nodes").without(name), ClusterConfig::read);
    ClusterConfig cluster = ClusterConfig.read(clusterYaml);
    for (ClusterConfig.Node other : cluster.nodes()) {
      editNode(cluster, other.name(), text -> YamlList.of(text, "peers").without(name));
    }
  }

  private void editNode(ClusterConfig cluster, String name, UnaryOperator<String> change) {
    List<Path> files = nodeFiles(cluster, name);
    if (files.isEmpty()) {
      elsewhere.add(name);
    }
    files.forEach(file -> edit(file, change, NodeConfig::read));
  }

  /** A replaced node may have left its old folder behind: both then say the same. */
  private List<Path> nodeFiles(ClusterConfig cluster, String name) {
    Path home = clusterYaml.getParent();
    try (Stream<Path> folders = Files.list(home == null ? clusterYaml : home)) {
      return folders
          .map(folder -> folder.resolve(NODE_FILE))
          .filter(Files::isRegularFile)
          .filter(file -> isOf(file, cluster.cluster(), name))
          .sorted()
          .toList();
    } catch (IOException e) {
      throw new UncheckedIOException(home + " cannot be listed", e);
    }
  }

  private static boolean isOf(Path file, String cluster, String name) {
    try {
      NodeConfig config = NodeConfig.read(file);
      return config.cluster().equals(cluster) && config.name().equals(name);
    } catch (HsmException.BadInput e) {
      return false;
    }
  }

  private void edit(Path file, UnaryOperator<String> change, Consumer<Path> reader) {
    try {
      String before = Files.readString(file);
      String after = change.apply(before);
      if (after.equals(before)) {
        return;
      }
      Path part = file.resolveSibling(file.getFileName() + ".part");
      Files.copy(
          file, part, StandardCopyOption.REPLACE_EXISTING, StandardCopyOption.COPY_ATTRIBUTES);
      Files.writeString(part, after);
      try {
        reader.accept(part);
      } catch (HsmException.BadInput e) {
        Files.delete(part);
        throw e;
      }
      Files.move(part, file, StandardCopyOption.ATOMIC_MOVE);
      changed.add(file);
    } catch (IOException e) {
      throw new UncheckedIOException(file + " cannot be changed", e);
    } catch (HsmException.BadInput e) {
      throw new HsmException.BadInput(file + " was not changed: " + e.text(), e);
    }
  }
}
