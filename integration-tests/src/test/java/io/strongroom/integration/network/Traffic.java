package io.strongroom.integration.network;

import java.time.Duration;
import java.util.concurrent.locks.LockSupport;
import org.jspecify.annotations.Nullable;

/** What a proxy does to the bytes that pass. Safe for use by many threads. */
public final class Traffic {
  private static final long NEVER = Long.MAX_VALUE;

  /** Which way bytes go. */
  public enum Direction {
    /** From the client to the node. */
    TO_NODE,
    /** From the node to the client. */
    TO_CLIENT
  }

  private boolean silent;
  private long delayNanos;
  private double nanosPerByte;
  private @Nullable Direction breaking;
  private long bytesUntilBreak = NEVER;

  /** Lets nothing through: connections, old and new, stay open, and no byte arrives. */
  public synchronized void silence() {
    silent = true;
  }

  /** Holds each chunk up so long, and lets no more than so many bytes through in a second. */
  public synchronized void slow(Duration delay, int bytesPerSecond) {
    delayNanos = delay.toNanos();
    nanosPerByte = 1e9 / bytesPerSecond;
  }

  /**
   * Resets the connection that carries the byte after so many more bytes of this direction, once.
   */
  public synchronized void breakAfter(Direction direction, long bytes) {
    breaking = direction;
    bytesUntilBreak = bytes;
  }

  /** Whether the break that was asked for is still to come. */
  public synchronized boolean willBreak() {
    return breaking != null;
  }

  /** Lets everything through at full speed. */
  public synchronized void heal() {
    silent = false;
    delayNanos = 0;
    nanosPerByte = 0;
    breaking = null;
    bytesUntilBreak = NEVER;
    notifyAll();
  }

  /**
   * Waits until bytes may pass.
   *
   * @return how many of them pass; fewer than there are if the connection is to be reset then
   */
  int pass(Direction direction, int bytes) {
    long waitNanos = 0;
    int passing = bytes;
    synchronized (this) {
      try {
        while (silent) {
          wait();
        }
      } catch (InterruptedException e) {
        Thread.currentThread().interrupt();
        return 0;
      }
      waitNanos = delayNanos + (long) (nanosPerByte * bytes);
      if (direction == breaking) {
        if (bytes > bytesUntilBreak) {
          passing = (int) bytesUntilBreak;
          breaking = null;
          bytesUntilBreak = NEVER;
        } else {
          bytesUntilBreak -= bytes;
        }
      }
    }
    if (waitNanos > 0) {
      LockSupport.parkNanos(waitNanos);
    }
    return passing;
  }
}
