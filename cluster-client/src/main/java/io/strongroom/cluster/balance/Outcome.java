package io.strongroom.cluster.balance;

/** How an attempt at a node ended, as far as the node's load and health are concerned. */
public enum Outcome {
  /** The node did the work. */
  ANSWERED,
  /**
   * The node answered with a refusal that the caller has earned, or that concerns one key only. It
   * is in order; but a refusal is quickly said, and does not make it a fast node.
   */
  REFUSED,
  /** It timed out, or the device could not do its work. */
  FAILED,
  /**
   * It says nothing of the node: it had too little time to, or another node has yet to say whether
   * the answer is true.
   */
  UNTOLD,
  /** The node had too much to do; that is load, not illness. */
  THROTTLED,
  /** The connection went away under it; that is reported once for all, by {@link Member#lost}. */
  LOST
}
