package io.strongroom.cluster;

import java.time.Duration;
import java.time.Instant;
import java.util.Locale;
import org.jspecify.annotations.Nullable;

/**
 * What a client knows of one node, just checked. Immutable.
 *
 * @param name the node's name
 * @param zone its availability zone; empty for none
 * @param address where it listens, {@code host:port}
 * @param state whether it takes operations
 * @param keys how many keys it holds, as last seen
 * @param missing how many keys other nodes hold and this one does not
 * @param latency the latency of operations, peak EWMA; zero before the first
 * @param outstanding this client's operations under way there
 * @param ejections how often this client has taken it out
 * @param token its token; null if it has never answered
 * @param lastFailure what went wrong there last; null if nothing has and it serves
 * @param upkeep what it lacks, and what will run out
 */
public record NodeStatus(
    String name,
    String zone,
    String address,
    State state,
    int keys,
    int missing,
    Duration latency,
    int outstanding,
    int ejections,
    @Nullable Token token,
    @Nullable String lastFailure,
    Upkeep upkeep) {

  /** Whether a node takes operations. */
  public enum State {
    /** It answers, and takes operations. */
    SERVING,
    /** It can be reached, but its token did not do a probe's work. */
    EJECTED,
    /** It cannot be reached, or refuses this client. */
    UNREACHABLE;

    /** {@code serving}, {@code ejected}, {@code unreachable}. */
    @Override
    public String toString() {
      return name().toLowerCase(Locale.ROOT);
    }
  }

  /**
   * What an operator has to look after at a node.
   *
   * @param unopened keys that are sealed there, but not open in its token
   * @param tombstonesMissing keys that were destroyed elsewhere and not yet there
   * @param contested keys of which it holds another one than other nodes, under the same id
   * @param certificateExpires when its certificate runs out; null if it is not known
   */
  public record Upkeep(
      int unopened, int tombstonesMissing, int contested, @Nullable Instant certificateExpires) {

    /** Of a node of which nothing is known. */
    public static final Upkeep UNKNOWN = new Upkeep(0, 0, 0, null);
  }

  /**
   * A node's token.
   *
   * @param label its label
   * @param serial its serial number
   * @param firmware its firmware version
   * @param domainCheckValue the check value of the domain key it holds, hexadecimal: equal on all
   *     nodes of a cluster
   */
  public record Token(String label, String serial, String firmware, String domainCheckValue) {}
}
