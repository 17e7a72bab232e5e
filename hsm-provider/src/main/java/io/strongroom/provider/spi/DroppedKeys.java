package io.strongroom.provider.spi;

import io.strongroom.hsm.Hsm;
import io.strongroom.hsm.KeyId;
import io.strongroom.hsm.KeyInfo;
import java.lang.ref.Cleaner;
import java.util.Map;
import java.util.concurrent.ConcurrentHashMap;
import org.jspecify.annotations.Nullable;

/**
 * Destroys session keys that nobody gave a name, once the last Java object of one is gone: no one
 * can find such a key again, and libraries that unwrap a key for each message (JWE, CMS) never call
 * {@code destroy}. For one provider; safe for use by many threads.
 */
final class DroppedKeys {

  private final Hsm hsm;
  private final Map<KeyId, Integer> objects = new ConcurrentHashMap<>();
  private @Nullable Cleaner cleaner;

  DroppedKeys(Hsm hsm) {
    this.hsm = hsm;
  }

  /** Waits for the end of this object, if its key is one without a name. */
  void watch(LogicalKey key) {
    KeyInfo info = key.info();
    KeyId id = info.id();
    if (info.session() && info.label().equals(KeyRequest.labelOfUnnamed(id))) {
      objects.merge(id, 1, Integer::sum);
      cleaner().register(key, () -> ended(id));
    }
  }

  /** Does no more about a key, which was destroyed or kept. */
  void forget(KeyId id) {
    objects.remove(id);
  }

  private void ended(KeyId id) {
    Integer left = objects.computeIfPresent(id, (_, count) -> count - 1);
    if (left != null && left == 0 && objects.remove(id, 0)) {
      destroy(id);
    }
  }

  private void destroy(KeyId id) {
    JcaExceptions.tidying(() -> {
      if (hsm.key(id).session()) {
        hsm.destroy(id);
      }
    });
  }

  // Its thread is there only for providers that make such keys.
  private synchronized Cleaner cleaner() {
    Cleaner present = cleaner;
    if (present == null) {
      present =
          Cleaner.create(
              task -> Thread.ofPlatform().daemon().name("strongroom-dropped-keys").unstarted(task));
      cleaner = present;
    }
    return present;
  }
}
