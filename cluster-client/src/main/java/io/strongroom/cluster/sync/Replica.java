package io.strongroom.cluster.sync;

import io.strongroom.cluster.wire.v1.HeldKey;
import io.strongroom.cluster.wire.v1.Seal;
import io.strongroom.cluster.wire.v1.Tombstone;
import io.strongroom.hsm.HsmException;
import io.strongroom.hsm.KeyId;

/** What a node holds, as reconciliation sees it. Every method may throw {@link HsmException}. */
public interface Replica {

  /** The domain key's check value; peers with another one are not listened to. */
  byte[] domainCheckValue();

  /** Grows with every change. */
  long inventoryVersion();

  /** Whether a key is wanted from a peer: not held, and not destroyed. */
  boolean lacks(KeyId id);

  /** Whether there is a tombstone for a key. */
  boolean isBuried(KeyId id);

  /** Verifies, opens and keeps a seal. */
  void keep(Seal seal);

  /** Verifies and keeps a tombstone, and destroys the key. */
  void keep(Tombstone tombstone);

  /** Whether this node holds another key than this one under its id. */
  boolean differsFrom(HeldKey key);

  /** Verifies, opens and keeps a seal in place of another one with its id. */
  void replace(Seal seal);

  /** Opens what is sealed here but missing in the token. */
  void levelToken();
}
