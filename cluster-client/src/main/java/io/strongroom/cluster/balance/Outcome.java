package io.strongroom.cluster.balance;

/** How an attempt at a node ended, as far as the node's health is concerned. */
public enum Outcome {
  /** The node answered, be it with a refusal that the caller has earned. */
  ANSWERED,
  /** It timed out, or the device could not do its work. */
  FAILED,
  /** The node had too much to do; that is load, not illness. */
  THROTTLED,
  /** The connection went away under it; that is reported once for all, by {@link Member#lost}. */
  LOST
}
