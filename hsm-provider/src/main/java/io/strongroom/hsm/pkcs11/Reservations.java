package io.strongroom.hsm.pkcs11;

import io.strongroom.hsm.HsmException;
import io.strongroom.hsm.KeyId;
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
    return holding(spec.id(), spec.label(), work);
  }

  /**
   * Does the work while id and label are the caller's.
   *
   * @throws HsmException.DeadlineExceeded if another caller keeps one of them too long
   */
  <T> T holding(KeyId id, String label, Supplier<T> work) {
    take(id, label);
    try {
      return work.get();
    } finally {
      free(id, label);
    }
  }

  private void take(KeyId id, String label) {
    lock.lock();
    try {
      long leftNanos = deadline.toNanos();
      while (taken.contains(id) || taken.contains(label)) {
        if (leftNanos <= 0) {
          throw new HsmException.DeadlineExceeded(
              "key \""
                  + label
                  + "\" is still being made by another call after "
                  + deadline.toMillis()
                  + " ms; repeat later, or raise x-deadline");
        }
        leftNanos = freed.awaitNanos(leftNanos);
      }
      taken.add(id);
      taken.add(label);
    } catch (InterruptedException e) {
      Thread.currentThread().interrupt();
      throw new HsmException.DeadlineExceeded(
          "interrupted while waiting to make key \"" + label + "\"", e);
    } finally {
      lock.unlock();
    }
  }

  private void free(KeyId id, String label) {
    lock.lock();
    try {
      taken.remove(id);
      taken.remove(label);
      freed.signalAll();
    } finally {
      lock.unlock();
    }
  }
}
