package io.strongroom.benchmarks.custody;

import io.strongroom.custody.Custody;
import io.strongroom.custody.KeyRequest;
import io.strongroom.custody.store.Database;
import io.strongroom.custody.store.KeyCache;
import io.strongroom.hsm.Hsm;
import java.time.Clock;

/** How long it takes to find the key of an alias that was looked up before. */
final class AliasLookup {
  private static final String ALIAS = "alias/benchmark";
  private static final int LOOKUPS = 2_000_000;

  private AliasLookup() {}

  /** The mean time of a look-up, the watch's questions to the store included. */
  static long nanos(Hsm hsm, String store) {
    try (Custody custody = Custody.open(hsm, store, Clock.systemUTC())) {
      custody.as("benchmark").createKey(KeyRequest.generated().withAlias(ALIAS));
    }
    try (Database database = Database.open(store)) {
      KeyCache keys = database.keys();
      lookUp(keys);
      long begin = System.nanoTime();
      lookUp(keys);
      return (System.nanoTime() - begin) / LOOKUPS;
    }
  }

  private static void lookUp(KeyCache keys) {
    for (int i = 0; i < LOOKUPS; i++) {
      if (keys.byAlias(ALIAS).isEmpty()) {
        throw new IllegalStateException(ALIAS + " is gone");
      }
    }
  }
}
