package io.strongroom.cluster.node;

import io.strongroom.hsm.Hsm;
import io.strongroom.hsm.HsmException;
import io.strongroom.hsm.KeyId;
import java.nio.file.Path;
import java.util.Set;

/**
 * What a node has that leaves its cluster, and its destruction. The node must not run: it would
 * open again what is destroyed. For one thread.
 */
public final class Departure {
  private Departure() {}

  /**
   * What is in a node's folder, by the files' names.
   *
   * @param keys ids of keys whose seals are there
   * @param tombstones ids of keys that it knows to be destroyed
   */
  public record Holdings(Set<KeyId> keys, Set<KeyId> tombstones) {

    /** Copies the sets. */
    public Holdings {
      keys = Set.copyOf(keys);
      tombstones = Set.copyOf(tombstones);
    }
  }

  /**
   * What a node has.
   *
   * @throws HsmException.DeviceUnavailable if its seals cannot be listed
   */
  public static Holdings holdings(NodeConfig config) {
    return SealStore.open(config.seals()).names();
  }

  /**
   * Destroys a node's keys in its token, their seals, and last the domain keys: neither the token
   * nor the folder is of any use to the cluster's keys afterwards. Can be repeated after an
   * interruption. Keys of the token that are not the cluster's are left alone.
   *
   * @return how many keys were destroyed in the token, the cluster's own not counted
   * @throws HsmException.DeviceUnavailable if the node runs, as a server or in a client
   * @throws HsmException if the token does not answer, or destroys a key not
   */
  public static int destroy(NodeConfig config, Path nodeFolder) {
    SealStore store = SealStore.open(config.seals());
    int destroyed = 0;
    try (FolderLock _ = FolderLock.take(config.seals());
        Hsm token = Hsm.open(config.hsm())) {
      for (KeyId id : store.names().keys()) {
        destroyed += destroy(token, id) ? 1 : 0;
        store.dropSeal(id);
        store.abandonOpening(id);
      }
      DomainKeys.destroy(token, ReservedKeys.DOMAIN_MAC_KEY);
      DomainKeys.destroy(token, ReservedKeys.DOMAIN_KEY);
      DomainKeys.destroy(token, ReservedKeys.JOIN);
    }
    DomainKeys.dropSealedMacKey(nodeFolder);
    return destroyed;
  }

  private static boolean destroy(Hsm token, KeyId id) {
    try {
      token.destroy(id);
      return true;
    } catch (HsmException.KeyNotFound e) {
      return false;
    }
  }
}
