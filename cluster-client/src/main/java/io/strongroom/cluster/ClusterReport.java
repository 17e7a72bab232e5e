package io.strongroom.cluster;

import java.util.List;
import org.jspecify.annotations.Nullable;

/**
 * A cluster as it was just found: each node, and what an operator should know. Immutable.
 *
 * @param nodes one entry a node, in the order of the configuration
 * @param findings what is not as it should be, the gravest first; empty if all is well
 */
public record ClusterReport(List<NodeStatus> nodes, List<Finding> findings) {

  /** Copies the lists. */
  public ClusterReport {
    nodes = List.copyOf(nodes);
    findings = List.copyOf(findings);
  }

  /** Whether nothing at all was found. */
  public boolean isHealthy() {
    return findings.isEmpty();
  }

  /** Whether the cluster can do all its work: a quorum serves, and all share one domain. */
  public boolean isWorking() {
    return findings.stream().noneMatch(finding -> finding.kind().isGrave());
  }

  /** What can be wrong with a cluster, the gravest first. */
  public enum Kind {
    /** Fewer nodes than the quorum serve: no key can be made or destroyed. */
    QUORUM_LOST(true),
    /** Not all tokens hold the same domain key: they cannot open each other's seals. */
    DOMAINS_DIFFER(true),
    /** Keys that fewer nodes hold than the quorum: the loss of one may lose them. */
    KEYS_BELOW_QUORUM(false),
    /** Nodes hold different keys under one id. */
    KEYS_CONTESTED(false),
    /** A node is not there, or its token does not work. */
    NODE_AWAY(false),
    /** Keys that are sealed at a node, but not open in its token. */
    KEYS_UNOPENED(false),
    /** A node lacks keys that others hold. */
    KEYS_MISSING(false),
    /** A node has not learnt of keys that were destroyed. */
    TOMBSTONES_MISSING(false),
    /** A certificate has run out, or will before long. */
    CERTIFICATE_EXPIRES(false);

    private final boolean grave;

    Kind(boolean grave) {
      this.grave = grave;
    }

    /** Whether the cluster cannot do all its work because of it. */
    public boolean isGrave() {
      return grave;
    }
  }

  /**
   * Something that is not as it should be.
   *
   * @param kind what kind of thing
   * @param node at which node; null for the cluster as a whole
   * @param text what it is and what to do, one line
   */
  public record Finding(Kind kind, @Nullable String node, String text) {}
}
