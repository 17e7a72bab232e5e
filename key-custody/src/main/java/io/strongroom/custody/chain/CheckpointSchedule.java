package io.strongroom.custody.chain;

import java.time.Duration;
import java.util.concurrent.RejectedExecutionException;
import java.util.concurrent.atomic.AtomicBoolean;
import java.util.concurrent.atomic.AtomicLong;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * When checkpoints are written: after so many records, a minute after the first record without one,
 * and at the end. Never in the thread of a caller. Safe for use by many threads.
 */
public final class CheckpointSchedule {

  /** After how many records of this process a checkpoint is written. */
  public static final long RECORDS = 10_000;

  /** How long a record is without a checkpoint at most, as long as the HSM answers. */
  public static final Duration INTERVAL = Duration.ofMinutes(1);

  private static final Logger LOG = LoggerFactory.getLogger(CheckpointSchedule.class);

  private final Runnable write;
  private final Background background;
  private final AtomicLong uncovered = new AtomicLong();
  private final AtomicBoolean armed = new AtomicBoolean();
  private final AtomicBoolean failing = new AtomicBoolean();

  /** Has checkpoints written by this, in the background. */
  public CheckpointSchedule(Runnable write, Background background) {
    this.write = write;
    this.background = background;
  }

  /** A record was written. Returns at once. */
  public void recorded() {
    if (uncovered.incrementAndGet() % RECORDS == 0) {
      submit(() -> background.soon(this::run));
    }
    if (!armed.get() && armed.compareAndSet(false, true)) {
      submit(() -> background.after(INTERVAL, this::due));
    }
  }

  /** Ends the background work and writes the last checkpoint. */
  public void close() {
    background.close();
    run();
  }

  private void due() {
    armed.set(false);
    run();
  }

  private void run() {
    long covered = uncovered.get();
    if (covered == 0) {
      return;
    }
    try {
      write.run();
      uncovered.addAndGet(-covered);
      if (failing.compareAndSet(true, false)) {
        LOG.info("event=audit_checkpoint_written_again");
      }
    } catch (RuntimeException e) {
      // Whatever it is: the records are written, and what they tell of has succeeded.
      failed(e);
    }
  }

  private void failed(RuntimeException e) {
    if (failing.compareAndSet(false, true)) {
      LOG.warn("event=audit_checkpoint_failed reason=\"{}\"", e.getMessage());
    }
    if (armed.compareAndSet(false, true)) {
      submit(() -> background.after(INTERVAL, this::due));
    }
  }

  private static void submit(Runnable submission) {
    try {
      submission.run();
    } catch (RejectedExecutionException closing) {
      LOG.debug("event=audit_checkpoint_left_to_the_closing");
    }
  }
}
