package io.strongroom.hsm.pkcs11;

import io.strongroom.hsm.HsmException;
import io.strongroom.hsm.KeySpec;
import java.time.Duration;
import java.util.HashSet;
import java.util.Set;
import java.util.concurrent.locks.Condition;
import java.util.concurrent.locks.ReentrantLock;
import java.util.function.Supplier;

/**
 * Lets one caller at a time make a key with a given id or label, since PKCS#11 itself refuses
 * neither a second time. Callers with other ids and labels do not wait. Safe for use by many
 * threads.
 */
final class Reservations {
  private final Duration deadline;
  private final Set<Object> taken = new HashSet<>();
  private final ReentrantLock lock = new ReentrantLock();
  private final Condition freed = lock.newCondition();

  Reservations(Duration deadline) {
    this.deadline = deadline;
  }

  /**
   * Does the work while id and label are the caller's.
   *
   * @throws HsmException.DeadlineExceeded if another caller keeps one of them too long
   */
  <T> T holding(KeySpec spec, Supplier<T> work) {
    take(spec);
    try {
      return work.get();
    } finally {
      free(spec);
    }
  }

  private void take(KeySpec spec) {
    lock.lock();
    try {
      long leftNanos = deadline.toNanos();
      while (taken.contains(spec.id()) || taken.contains(spec.label())) {
        if (leftNanos <= 0) {
          throw new HsmException.DeadlineExceeded(
              "key \""
                  + spec.label()
                  + "\" is still being made by another call after "
                  + deadline.toMillis()
                  + " ms; repeat later, or raise x-deadline");
        }
        leftNanos = freed.awaitNanos(leftNanos);
      }
      taken.add(spec.id());
      taken.add(spec.label());
    } catch (InterruptedException e) {
      Thread.currentThread().interrupt();
      throw new HsmException.DeadlineExceeded(
          "interrupted while waiting to make key \"" + spec.label() + "\"", e);
    } finally {
      lock.unlock();
    }
  }

  private void free(KeySpec spec) {
    lock.lock();
    try {
      taken.remove(spec.id());
      taken.remove(spec.label());
      freed.signalAll();
    } finally {
      lock.unlock();
    }
  }
}
