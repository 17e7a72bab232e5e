package io.strongroom.hsm.pkcs11;

import io.strongroom.hsm.KeyId;
import io.strongroom.hsm.pkcs11.KeyDirectory.KeyOperation;
import java.util.Comparator;
import java.util.Map;
import java.util.Objects;
import java.util.concurrent.ConcurrentHashMap;
import java.util.function.LongSupplier;
import org.jspecify.annotations.Nullable;

/**
 * Has the keys of one generation that are used often used through session copies, as far as that is
 * faster. Safe for use by many threads.
 */
final class HotKeys {
  /** The most copies at once, since a device's room for session objects is small. */
  static final int MOST_COPIES = 256;

  private static final long UNUSED_NANOS = 1_000_000_000;

  private final CopyUse use;
  private final int mostCopies;
  private final LongSupplier nanoClock;
  private final Map<KeyId, HotKey> keys = new ConcurrentHashMap<>();

  HotKeys(CopyUse use, int mostCopies, LongSupplier nanoClock) {
    this.use = use;
    this.mostCopies = mostCopies;
    this.nanoClock = nanoClock;
  }

  /**
   * Encrypts, decrypts, signs or computes a MAC with a key. Not for anything else: a copy does
   * nothing else, and what manages a key has to see the key itself.
   *
   * @throws io.strongroom.hsm.HsmException.KeyNotFound if there is no such key
   */
  <T> T using(Session session, KeyId id, KeyOperation<T> operation) {
    HotKey key = keys.get(id);
    SessionCopy copy = key == null ? null : key.copy();
    if (key != null && copy != null) {
      return key.using(session, copy, operation, () -> KeyDirectory.using(session, id, operation));
    }
    T result = KeyDirectory.using(session, id, operation);
    if (use != CopyUse.OFF) {
      wasUsed(session, id, key);
    }
    return result;
  }

  private void wasUsed(Session session, KeyId id, @Nullable HotKey known) {
    KeyEntry entry = session.generation().keys().get(id);
    if (entry == null || !SessionCopy.suits(entry)) {
      return;
    }
    HotKey key = known == null ? keys.computeIfAbsent(id, _ -> new HotKey(nanoClock)) : known;
    if (key.wasUsed()) {
      copy(session, key, entry);
    }
  }

  // The operation has succeeded already: whatever fails here is no failure of it.
  private void copy(Session session, HotKey key, KeyEntry entry) {
    if (!makeRoom(session)) {
      key.postpone();
      return;
    }
    try {
      SessionCopy made = SessionCopy.of(session, entry, nanoClock);
      if (made == null) {
        key.doWithout();
      } else {
        key.use(session, made, use == CopyUse.AUTO ? new CopyTrial() : null);
      }
    } catch (CkException _) {
      key.postpone();
    }
  }

  private boolean makeRoom(Session session) {
    if (copies() < mostCopies) {
      return true;
    }
    @Nullable HotKey oldest =
        keys.values().stream()
            .filter(key -> key.copy() != null)
            .min(Comparator.comparingLong(HotKeys::comparedNanos))
            .orElse(null);
    SessionCopy copy = oldest == null ? null : oldest.copy();
    if (oldest != null
        && copy != null
        && nanoClock.getAsLong() - copy.comparedNanos() > UNUSED_NANOS) {
      oldest.drop(session, copy, HotKey.USES_BEFORE_COPYING);
      return true;
    }
    return false;
  }

  // A copy in use is compared all the time.
  private static long comparedNanos(HotKey key) {
    SessionCopy copy = key.copy();
    return copy == null ? Long.MIN_VALUE : copy.comparedNanos();
  }

  /** How many copies there are. */
  long copies() {
    return keys.values().stream().map(HotKey::copy).filter(Objects::nonNull).count();
  }

  /** Destroys the copy of a key that is gone. */
  void forget(Session session, KeyId id) {
    HotKey key = keys.remove(id);
    if (key != null) {
      key.forget(session);
    }
  }
}
