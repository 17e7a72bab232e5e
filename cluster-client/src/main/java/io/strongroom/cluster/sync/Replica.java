package io.strongroom.cluster.sync;

import com.google.protobuf.ByteString;
import io.strongroom.cluster.wire.v1.Seal;
import io.strongroom.cluster.wire.v1.Tombstone;
import io.strongroom.hsm.HsmException;
import io.strongroom.hsm.KeyId;
import org.jspecify.annotations.Nullable;

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

  /** What this node has under an id, open or not; null if nothing. */
  @Nullable Vote vote(KeyId id);

  /**
   * Puts a key in the place of one that gave way, whose seal is set aside.
   *
   * @param loser the MAC of the seal that gives way; nothing happens where another is kept
   */
  void replace(KeyId id, ByteString loser, Seal winner);

  /** Verifies, opens and keeps a seal. */
  void keep(Seal seal);

  /** Verifies and keeps a tombstone, and destroys the key. */
  void keep(Tombstone tombstone);

  /** Opens what is sealed here but missing in the token. */
  void levelToken();
}
