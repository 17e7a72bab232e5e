package io.strongroom.custody.store;

import java.util.Map;
import java.util.Optional;
import java.util.concurrent.ConcurrentHashMap;
import java.util.function.Function;
import org.jdbi.v3.core.Handle;

/**
 * Keys for use, remembered. What another instance changes is seen within {@link Watch#STALENESS},
 * what this one changes at once. While it is not sure that changes would be told, nothing
 * remembered is used. Only keys that can be used are remembered: a refusal always comes from the
 * database. Safe for use by many threads.
 */
public final class KeyCache {

  private static final String ENABLED = "ENABLED";
  private static final int CAPACITY = 10_000;

  private record Version(String cmkId, int version) {}

  private final Function<Function<Handle, Optional<UsableKey>>, Optional<UsableKey>> database;
  private final Watch watch;
  // A change replaces the whole map, so that what was read before the change goes with it, even if
  // it is put there later.
  private volatile Map<Object, UsableKey> remembered = new ConcurrentHashMap<>();

  KeyCache(
      Dialect dialect,
      Function<Function<Handle, Optional<UsableKey>>, Optional<UsableKey>> database) {
    this.database = database;
    this.watch = dialect.watch(this::forget);
  }

  /** The CMK with this id and its current version. */
  public Optional<UsableKey> byId(String cmkId) {
    return find(cmkId, handle -> UsableKey.byId(handle, cmkId));
  }

  /** The CMK that an alias points at and its current version. */
  public Optional<UsableKey> byAlias(String alias) {
    return find(alias, handle -> UsableKey.byAlias(handle, alias));
  }

  /** The CMK with this id and the version that a ciphertext names. */
  public Optional<UsableKey> byVersion(String cmkId, int version) {
    return find(new Version(cmkId, version), handle -> UsableKey.byVersion(handle, cmkId, version));
  }

  void forget() {
    remembered = new ConcurrentHashMap<>();
  }

  void close() {
    watch.close();
  }

  private Optional<UsableKey> find(Object name, Function<Handle, Optional<UsableKey>> query) {
    if (!watch.isFresh()) {
      return database.apply(query);
    }
    Map<Object, UsableKey> now = remembered;
    UsableKey known = now.get(name);
    if (known != null) {
      return Optional.of(known);
    }
    Optional<UsableKey> found = database.apply(query);
    found
        .filter(KeyCache::isUsable)
        .filter(_ -> now.size() < CAPACITY)
        .ifPresent(key -> now.put(name, key));
    return found;
  }

  private static boolean isUsable(UsableKey key) {
    return key.hsmKeyId() != null && key.state().equals(ENABLED);
  }
}
