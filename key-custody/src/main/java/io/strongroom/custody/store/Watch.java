package io.strongroom.custody.store;

import java.time.Duration;

/** Tells of changes in the store that other connections made. Safe for use by many threads. */
interface Watch extends AutoCloseable {

  /** How old the newest change can be that a fresh watch has not told of. */
  Duration STALENESS = Duration.ofSeconds(1);

  /**
   * Whether everything that was committed more than {@link #STALENESS} ago has been told. False
   * whenever that is not sure, as when the connection is lost.
   */
  boolean isFresh();

  /** Stops watching. Idempotent. */
  @Override
  void close();
}
