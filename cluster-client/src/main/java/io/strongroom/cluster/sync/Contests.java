package io.strongroom.cluster.sync;

import io.strongroom.cluster.wire.v1.HeldKey;
import io.strongroom.hsm.KeyId;
import java.util.HashMap;
import java.util.Map;

/**
 * Ids under which peers hold another key than this node, as when two clients have made one at the
 * same time. Of such keys only one that a majority of the cluster holds can have been acknowledged;
 * the others are nobody's. Safe for use by many threads.
 */
final class Contests {
  private final int majority;
  private final Map<KeyId, Map<String, HeldKey>> held = new HashMap<>();

  /**
   * For a cluster of so many nodes.
   *
   * @param nodes this one included
   */
  Contests(int nodes) {
    this.majority = nodes / 2 + 1;
  }

  /** Notes what a peer holds under a contested id, and tells whether a majority holds the same. */
  synchronized boolean isOfMajority(KeyId id, String peer, HeldKey key) {
    Map<String, HeldKey> byPeer = held.computeIfAbsent(id, _ -> new HashMap<>());
    byPeer.put(peer, key);
    return byPeer.values().stream().filter(key::equals).count() >= majority;
  }

  /** Forgets an id that is contested no more. */
  synchronized void settled(KeyId id) {
    held.remove(id);
  }
}
