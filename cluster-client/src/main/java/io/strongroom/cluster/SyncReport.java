package io.strongroom.cluster;

import io.strongroom.hsm.KeyId;
import java.util.List;
import org.jspecify.annotations.Nullable;

/**
 * What bringing a cluster's nodes level did, or would do. Immutable.
 *
 * @param steps each key and tombstone that a node lacked, in the order in which they were brought
 * @param absent names of the nodes that could not be reached, of which nothing is known
 */
public record SyncReport(List<Step> steps, List<String> absent) {

  /** Copies the lists. */
  public SyncReport {
    steps = List.copyOf(steps);
    absent = List.copyOf(absent);
  }

  /** Whether every node has all there is, now. */
  public boolean isLevel() {
    return absent.isEmpty() && steps.stream().allMatch(step -> step.outcome() == Outcome.BROUGHT);
  }

  /** What is brought to a node. */
  public enum What {
    /** A key's seal, which the node's token opens. */
    KEY,
    /** Proof that a key was destroyed; the node destroys what it has of it. */
    TOMBSTONE
  }

  /** What became of it. */
  public enum Outcome {
    /** It is there; a key's check value was computed in the node's token and is the right one. */
    BROUGHT,
    /** It would be brought. */
    PLANNED,
    /** It could not be brought. */
    FAILED
  }

  /**
   * One thing that a node lacked.
   *
   * @param node to which node
   * @param what key or tombstone
   * @param id the key
   * @param label the key's label; null of a tombstone
   * @param outcome what became of it
   * @param reason why it failed; null if it did not
   */
  public record Step(
      String node,
      What what,
      KeyId id,
      @Nullable String label,
      Outcome outcome,
      @Nullable String reason) {}
}
