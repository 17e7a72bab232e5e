package io.strongroom.hsm.pkcs11;

import io.strongroom.hsm.pkcs11.KeyDirectory.KeyOperation;
import java.util.concurrent.atomic.AtomicLong;
import java.util.function.LongSupplier;
import java.util.function.Supplier;
import org.jspecify.annotations.Nullable;

/**
 * A token key that operations use, and its session copy once they do so often. Safe for use by many
 * threads.
 */
final class HotKey {
  static final long USES_BEFORE_COPYING = 16;
  // A copy that was no faster is tried again, ever more rarely: the device may just have been busy.
  private static final long RARER = 32;
  private static final long NEVER = Long.MAX_VALUE;

  private final LongSupplier nanoClock;
  private final AtomicLong usesUntilCopying = new AtomicLong(USES_BEFORE_COPYING);
  private volatile @Nullable SessionCopy copy;
  private volatile @Nullable CopyTrial trial;
  private long restUses = USES_BEFORE_COPYING;
  private boolean forgotten;

  HotKey(LongSupplier nanoClock) {
    this.nanoClock = nanoClock;
  }

  /** Its copy; null if it has none. */
  @Nullable SessionCopy copy() {
    return copy;
  }

  /** Takes note of a use of the key itself; true if it is time to make a copy. */
  boolean wasUsed() {
    return usesUntilCopying.decrementAndGet() == 0;
  }

  /**
   * Does something with the copy.
   *
   * @param otherwise does it with the key itself
   */
  <T> T using(
      Session session, SessionCopy present, KeyOperation<T> operation, Supplier<T> otherwise) {
    if (!present.isTrue(session)) {
      session.generation().keys().remove(present.entry().info().id());
      drop(session, present, USES_BEFORE_COPYING);
      return otherwise.get();
    }
    CopyTrial running = trial;
    if (running == null) {
      return usingCopy(session, present, operation, otherwise);
    }
    boolean withCopy = running.next();
    long begunNanos = nanoClock.getAsLong();
    T result = withCopy ? usingCopy(session, present, operation, otherwise) : otherwise.get();
    running.took(withCopy, nanoClock.getAsLong() - begunNanos);
    decide(session, running, present);
    return result;
  }

  private <T> T usingCopy(
      Session session, SessionCopy present, KeyOperation<T> operation, Supplier<T> otherwise) {
    if (!present.hold()) {
      return otherwise.get();
    }
    try {
      return operation.with(present.entry());
    } catch (CkException e) {
      if (!e.code().handleStale()) {
        throw e;
      }
      drop(session, present, USES_BEFORE_COPYING);
    } finally {
      present.release(session);
    }
    return otherwise.get();
  }

  private synchronized void decide(Session session, CopyTrial running, SessionCopy present) {
    if (trial != running || !running.isDecided()) {
      return;
    }
    if (running.copyIsFaster()) {
      trial = null;
    } else {
      restUses = Math.multiplyExact(Math.min(restUses, Integer.MAX_VALUE), RARER);
      drop(session, present, restUses);
    }
  }

  /** Uses a copy from now on, for a trial first unless that is null. */
  synchronized void use(Session session, SessionCopy made, @Nullable CopyTrial first) {
    if (forgotten || copy != null) {
      made.release(session);
    } else {
      trial = first;
      copy = made;
    }
  }

  /** Does without copies for good. */
  void doWithout() {
    usesUntilCopying.set(NEVER);
  }

  /** Makes a copy only after as many uses again. */
  void postpone() {
    usesUntilCopying.set(USES_BEFORE_COPYING);
  }

  /** Does without this copy for as many uses. */
  synchronized void drop(Session session, SessionCopy present, long uses) {
    if (copy == present) {
      copy = null;
      trial = null;
      usesUntilCopying.set(uses);
      present.release(session);
    }
  }

  /** Ends the use of a key that is gone. */
  synchronized void forget(Session session) {
    forgotten = true;
    SessionCopy present = copy;
    if (present != null) {
      drop(session, present, NEVER);
    }
  }
}
