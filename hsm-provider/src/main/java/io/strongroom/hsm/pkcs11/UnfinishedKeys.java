package io.strongroom.hsm.pkcs11;

import io.strongroom.hsm.KeyId;
import java.util.Set;
import java.util.concurrent.ConcurrentHashMap;

/**
 * Keys whose making failed together with the device, so that what there may be of them could not be
 * destroyed either. Nobody was told that they exist. They are destroyed as soon as the device works
 * again. Safe for use by many threads.
 */
final class UnfinishedKeys {
  private final Set<KeyId> ids = ConcurrentHashMap.newKeySet();

  /** Destroys what there is of a key, now or later. */
  synchronized void destroy(Session session, KeyId id) {
    ids.add(id);
    try {
      sweep(session, id);
    } catch (CkException _) {
      // The failure that brought us here is what the caller must see.
    }
  }

  boolean isEmpty() {
    return ids.isEmpty();
  }

  /** Destroys all of them; throws {@link CkException} if the device does not let it. */
  void sweep(Session session) {
    if (!ids.isEmpty()) {
      sweepAll(session);
    }
  }

  // One at a time: what one caller has swept, he may be making anew while another still looks.
  private synchronized void sweepAll(Session session) {
    for (KeyId id : ids) {
      sweep(session, id);
    }
  }

  private void sweep(Session session, KeyId id) {
    session.generation().requireLogin(session);
    for (long handle : KeyDirectory.handles(session, id)) {
      try {
        session.destroy(handle);
      } catch (CkException e) {
        if (!e.code().handleStale()) {
          throw e;
        }
      }
    }
    session.generation().forget(session, id);
    ids.remove(id);
  }
}
