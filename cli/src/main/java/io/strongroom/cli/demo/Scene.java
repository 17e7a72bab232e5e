package io.strongroom.cli.demo;

import io.strongroom.cli.local.LocalCluster;
import io.strongroom.cli.local.NodePlace;
import io.strongroom.cluster.ClusterHsm;
import io.strongroom.cluster.NodeStatus;
import io.strongroom.custody.Custody;
import io.strongroom.custody.KeyService;
import io.strongroom.hsm.Hsm;
import java.nio.file.Path;
import java.time.Clock;
import java.util.LinkedHashMap;
import java.util.Map;

/**
 * Where the main job plays: a local cluster, a process for each of its nodes, and custody over it.
 * Closing it ends every process. For one thread, but for {@link #kill}.
 */
final class Scene implements AutoCloseable {
  private static final String PRINCIPAL = "demo";

  private final LocalCluster cluster;
  private final Map<String, NodeProcess> processes = new LinkedHashMap<>();
  private final Hsm hsm;
  private final Custody custody;

  private Scene(LocalCluster cluster, Map<String, NodeProcess> processes) {
    this.cluster = cluster;
    this.processes.putAll(processes);
    this.hsm = Hsm.open(cluster.hsmUrl());
    this.custody = open(hsm);
  }

  /** Starts a process for every node, and opens custody over them. */
  static Scene start(LocalCluster cluster) {
    Map<String, NodeProcess> processes = new LinkedHashMap<>();
    try {
      for (NodePlace node : cluster.nodes()) {
        processes.put(node.name(), NodeProcess.start(node.folder()));
      }
      return new Scene(cluster, processes);
    } catch (RuntimeException | Error e) {
      processes.values().forEach(NodeProcess::close);
      throw e;
    }
  }

  LocalCluster cluster() {
    return cluster;
  }

  /** The whole cluster, seen as one HSM. */
  ClusterHsm hsm() {
    return (ClusterHsm) hsm;
  }

  /** Custody over the whole cluster. */
  KeyService keys() {
    return custody.as(PRINCIPAL);
  }

  Custody custody() {
    return custody;
  }

  /** Custody over another HSM with the same store, for example one node alone. */
  Custody open(Hsm other) {
    return Custody.open(other, storeUrl(), Clock.systemUTC());
  }

  static KeyService keys(Custody custody) {
    return custody.as(PRINCIPAL);
  }

  String storeUrl() {
    return "sqlite:" + store();
  }

  Path store() {
    return cluster.folder().resolve("custody.db");
  }

  /** The cluster reduced to one node, as the user "app". */
  String userUrl(NodePlace node) {
    return officerUrl(node) + "&identity=" + cluster.user();
  }

  /** The cluster reduced to one node, as the officer "admin". */
  String officerUrl(NodePlace node) {
    return cluster.hsmUrl() + "?nodes=" + node.name();
  }

  NodeStatus status(NodePlace node) {
    return hsm().status().stream()
        .filter(s -> s.name().equals(node.name()))
        .findFirst()
        .orElseThrow(() -> new IllegalStateException("no status of node " + node.name()));
  }

  /** Ends a node's process as {@code kill -9} does. */
  synchronized void kill(NodePlace node) {
    NodeProcess process = processes.remove(node.name());
    if (process == null) {
      throw new IllegalStateException("node " + node.name() + " does not run");
    }
    process.kill();
  }

  /** Starts a node's process again. */
  synchronized void restart(NodePlace node) {
    processes.put(node.name(), NodeProcess.start(node.folder()));
  }

  @Override
  public synchronized void close() {
    try (hsm) {
      custody.close();
    } finally {
      processes.values().forEach(NodeProcess::close);
    }
  }
}
