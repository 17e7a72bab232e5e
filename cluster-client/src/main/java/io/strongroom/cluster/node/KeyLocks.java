package io.strongroom.cluster.node;

import io.strongroom.hsm.KeyId;
import java.util.concurrent.locks.ReentrantLock;
import java.util.function.Supplier;
import java.util.stream.IntStream;

/** One change at a time for each key; changes of different keys hardly ever meet. */
final class KeyLocks {
  private static final int STRIPES = 64;

  private final ReentrantLock[] stripes =
      IntStream.range(0, STRIPES).mapToObj(i -> new ReentrantLock()).toArray(ReentrantLock[]::new);

  <T> T with(KeyId id, Supplier<T> change) {
    ReentrantLock lock = stripes[Math.floorMod(id.hashCode(), STRIPES)];
    lock.lock();
    try {
      return change.get();
    } finally {
      lock.unlock();
    }
  }
}
