package io.strongroom.hsm.pkcs11;

import io.strongroom.hsm.KeyId;
import java.time.Duration;
import java.util.Map;
import java.util.concurrent.ConcurrentHashMap;
import java.util.concurrent.atomic.AtomicLong;
import java.util.function.LongSupplier;
import org.jspecify.annotations.Nullable;

/**
 * The names of the keys that other tools made, which no device can look up by their id here. Filled
 * by whatever reads such a key. Safe for use by many threads.
 */
final class DerivedNames {
  private static final long SCAN_EVERY_NANOS = Duration.ofSeconds(1).toNanos();

  private final Map<KeyId, KeyName> names = new ConcurrentHashMap<>();
  private final LongSupplier nanoClock;
  private final AtomicLong nextScanNanos;

  DerivedNames(LongSupplier nanoClock) {
    this.nanoClock = nanoClock;
    this.nextScanNanos = new AtomicLong(nanoClock.getAsLong());
  }

  void remember(KeyName name) {
    if (name.isDerived()) {
      names.put(name.id(), name);
    }
  }

  @Nullable KeyName get(KeyId id) {
    return names.get(id);
  }

  /** Whether to look through the whole token now: not for each id that does not exist. */
  boolean isScanDue() {
    long nowNanos = nanoClock.getAsLong();
    long dueNanos = nextScanNanos.get();
    return nowNanos - dueNanos >= 0
        && nextScanNanos.compareAndSet(dueNanos, nowNanos + SCAN_EVERY_NANOS);
  }
}
