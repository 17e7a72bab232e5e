package io.strongroom.cluster;

import com.google.protobuf.ByteString;
import io.strongroom.cluster.wire.KeyCodec;
import io.strongroom.cluster.wire.v1.HeldKey;
import io.strongroom.cluster.wire.v1.InventoryReply;
import io.strongroom.cluster.wire.v1.Tombstone;
import io.strongroom.hsm.KeyId;
import java.util.HashMap;
import java.util.HashSet;
import java.util.Map;
import java.util.Set;

/**
 * What one node holds, as last heard. Immutable.
 *
 * @param keys the keys
 * @param tombstones ids of keys that were destroyed on purpose
 */
record Inventory(Map<KeyId, HeldKey> keys, Set<KeyId> tombstones) {

  static final Inventory EMPTY = new Inventory(Map.of(), Set.of());

  Inventory {
    keys = Map.copyOf(keys);
    tombstones = Set.copyOf(tombstones);
  }

  static Inventory of(InventoryReply reply) {
    Map<KeyId, HeldKey> keys = new HashMap<>();
    for (HeldKey key : reply.getKeysList()) {
      keys.put(KeyCodec.idFromWire(key.getSpec().getId()), key);
    }
    Set<KeyId> tombstones = new HashSet<>();
    for (Tombstone tombstone : reply.getTombstonesList()) {
      tombstones.add(KeyCodec.idFromWire(tombstone.getId()));
    }
    return new Inventory(keys, tombstones);
  }

  boolean holds(KeyId id) {
    return keys.containsKey(id);
  }

  /** Whether both hold the same key under this id. */
  boolean agrees(Inventory other, KeyId id) {
    HeldKey own = keys.get(id);
    HeldKey others = other.keys.get(id);
    // The public keys of pairs are as telling as check values, and long; check values come first.
    return own == others
        || (own != null
            && others != null
            && own.getSealMac().equals(others.getSealMac())
            && own.getCheckValue().equals(others.getCheckValue())
            && own.getPublicKey().equals(others.getPublicKey()));
  }

  Inventory with(HeldKey key) {
    Map<KeyId, HeldKey> more = new HashMap<>(keys);
    more.put(KeyCodec.idFromWire(key.getSpec().getId()), key);
    return new Inventory(more, tombstones);
  }

  Inventory without(KeyId id) {
    Map<KeyId, HeldKey> fewer = new HashMap<>(keys);
    fewer.remove(id);
    return new Inventory(fewer, tombstones);
  }

  Inventory destroyed(KeyId id) {
    Set<KeyId> more = new HashSet<>(tombstones);
    more.add(id);
    return new Inventory(without(id).keys(), more);
  }

  /** Identifies a state of a node's inventory: the process and its count of changes. */
  record Version(ByteString instance, long count) {}
}
