package io.strongroom.cluster.sync;

import com.google.protobuf.ByteString;

/**
 * Which key a node has under an id, and whether it took it in that key's making. Immutable.
 *
 * @param seal the MAC of the key's seal, which no other key's seal has
 * @param learnt whether it is a copy, which says nothing of whether a quorum ever had the key
 */
public record Vote(ByteString seal, boolean learnt) {

  /** Whether the node that has this can never have been among those that took another key. */
  boolean isAgainst(ByteString other) {
    return !learnt && !seal.equals(other);
  }
}
