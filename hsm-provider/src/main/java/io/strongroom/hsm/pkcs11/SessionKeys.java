package io.strongroom.hsm.pkcs11;

import io.strongroom.hsm.KeyId;
import java.util.Collections;
import java.util.LinkedHashMap;
import java.util.Map;
import java.util.Set;
import java.util.concurrent.ConcurrentHashMap;

/**
 * Which session keys there are, and which went with their sessions, so that their owners are told
 * what became of them. Safe for use by many threads.
 */
final class SessionKeys {
  private static final int MOST_LOST = 1024;

  private final Set<KeyId> present = ConcurrentHashMap.newKeySet();
  private final Set<KeyId> lost =
      Collections.newSetFromMap(
          new LinkedHashMap<>() {
            private static final long serialVersionUID = 1L;

            @Override
            protected boolean removeEldestEntry(Map.Entry<KeyId, Boolean> eldest) {
              return size() > MOST_LOST;
            }
          });

  void made(KeyId id) {
    present.add(id);
  }

  void destroyed(KeyId id) {
    present.remove(id);
  }

  /** Takes over what an earlier generation knew, all of whose session keys are gone. */
  synchronized void inherit(SessionKeys earlier) {
    synchronized (earlier) {
      lost.addAll(earlier.lost);
    }
    lost.addAll(earlier.present);
  }

  /** Whether this was a session key that went with its session. */
  synchronized boolean wasLost(KeyId id) {
    return lost.contains(id);
  }
}
