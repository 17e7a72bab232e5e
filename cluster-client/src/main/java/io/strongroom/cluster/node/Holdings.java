package io.strongroom.cluster.node;

import io.strongroom.cluster.wire.v1.Tombstone;
import io.strongroom.hsm.HsmException;
import io.strongroom.hsm.KeyId;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.concurrent.ConcurrentHashMap;
import org.jspecify.annotations.Nullable;

/**
 * What a node holds, in memory: keys that are sealed and open in the token, seals whose keys are
 * not open yet, tombstones, and the labels that are taken. Safe for use by many threads.
 */
final class Holdings {
  // Read by every operation: without the lock.
  private final Map<KeyId, SealedKey> open = new ConcurrentHashMap<>();
  private final Map<KeyId, SealedKey> closed = new HashMap<>();
  private final Map<KeyId, Tombstone> tombstones = new HashMap<>();
  private final Map<String, KeyId> labels = new HashMap<>();
  private long version;

  /**
   * All of it at one moment.
   *
   * @param version grows with every change
   */
  record Inventory(long version, List<SealedKey> keys, List<Tombstone> tombstones) {}

  synchronized Inventory inventory() {
    return new Inventory(version, List.copyOf(open.values()), List.copyOf(tombstones.values()));
  }

  synchronized long version() {
    return version;
  }

  /** The key with this id that is open; null if there is none. */
  @Nullable SealedKey open(KeyId id) {
    return open.get(id);
  }

  /** The key with this id, open or not; null if there is none. */
  synchronized @Nullable SealedKey sealed(KeyId id) {
    SealedKey key = open.get(id);
    return key == null ? closed.get(id) : key;
  }

  /** Seals whose keys are not open. */
  synchronized List<SealedKey> closed() {
    return List.copyOf(closed.values());
  }

  synchronized @Nullable Tombstone tombstone(KeyId id) {
    return tombstones.get(id);
  }

  synchronized List<KeyId> buried() {
    return List.copyOf(tombstones.keySet());
  }

  /**
   * Takes a label for a key.
   *
   * @throws HsmException.KeyExists if another key has it
   */
  synchronized void takeLabel(String label, KeyId id) {
    KeyId holder = labels.putIfAbsent(label, id);
    if (holder != null && !holder.equals(id)) {
      throw new HsmException.KeyExists(
          "label \"" + label + "\" belongs to key " + holder + "; choose another one");
    }
  }

  /** Gives a label back, unless a key with it is held. */
  synchronized void releaseLabel(String label, KeyId id) {
    if (sealed(id) == null) {
      labels.remove(label, id);
    }
  }

  /** A seal that is kept, but its key is not open in the token. */
  synchronized void putClosed(SealedKey key) {
    closed.put(key.id(), key);
    labels.put(key.spec().label(), key.id());
    version++;
  }

  /** A key that was open is no longer in the token; nothing happens if it was destroyed. */
  synchronized void close(SealedKey key) {
    if (open.remove(key.id(), key)) {
      putClosed(key);
    }
  }

  /** A key that is no longer kept, though it was not destroyed on purpose. */
  synchronized void remove(SealedKey key) {
    open.remove(key.id());
    closed.remove(key.id());
    labels.remove(key.spec().label(), key.id());
    version++;
  }

  synchronized void putOpen(SealedKey key) {
    closed.remove(key.id());
    open.put(key.id(), key);
    labels.put(key.spec().label(), key.id());
    version++;
  }

  /**
   * Puts a tombstone in the place of a key.
   *
   * @return whether the key was held
   */
  synchronized boolean bury(KeyId id, Tombstone tombstone) {
    SealedKey key = sealed(id);
    open.remove(id);
    closed.remove(id);
    tombstones.putIfAbsent(id, tombstone);
    if (key != null) {
      labels.remove(key.spec().label(), id);
    }
    version++;
    return key != null;
  }
}
