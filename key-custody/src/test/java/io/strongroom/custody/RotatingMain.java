package io.strongroom.custody;

import io.strongroom.hsm.Hsm;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Clock;
import java.time.Instant;
import java.time.ZoneId;
import java.time.ZoneOffset;
import java.util.concurrent.CountDownLatch;
import java.util.concurrent.atomic.AtomicInteger;

/** A process that rotates {@code alias/payments} and stops on the way, to be killed there. */
final class RotatingMain {

  /** What it prints when it has come to where it is to be killed. */
  static final String STOPPED = "stopped";

  /** Where the caller has the answer. */
  static final String RETURNED = "returned";

  private static final String TRANSACTION = "transaction:";

  private RotatingMain() {}

  /**
   * Arguments: the HSM's URL, the store's URL, where, when, and for imported material the files of
   * import token and wrapped material; without those the HSM makes the key.
   *
   * <p>Where is a call of the HSM, or {@code transaction:n}: the n-th look at the clock after the
   * tokens have shown the key, all of which are in the transaction; {@code returned} is when the
   * caller has the answer.
   */
  public static void main(String[] args) throws Exception {
    String where = args[2];
    StoppingClock clock = new StoppingClock(Instant.parse(args[3]));
    RotationRequest request =
        args.length == 4
            ? RotationRequest.toGenerated()
            : RotationRequest.toImported(
                MaterialImport.of(
                    Files.readAllBytes(Path.of(args[4])), Files.readAllBytes(Path.of(args[5]))));
    boolean inTransaction = where.startsWith(TRANSACTION);
    Runnable hook =
        inTransaction
            ? () -> clock.arm(Integer.parseInt(where.substring(TRANSACTION.length())))
            : RotatingMain::stop;
    String call = inTransaction ? "after:at:1" : where.equals(RETURNED) ? "never::0" : where;
    try (Hsm hsm = HookedHsm.wrap(Hsm.open(args[0]), call, hook);
        Custody custody = Custody.open(hsm, args[1], clock)) {
      custody.as("alice").rotateAlias("alias/payments", request);
      if (where.equals(RETURNED)) {
        stop();
      }
    }
    System.out.println("done");
  }

  private static void stop() {
    System.out.println(STOPPED);
    try {
      new CountDownLatch(1).await();
    } catch (InterruptedException e) {
      Thread.currentThread().interrupt();
    }
  }

  /** Stands still, and stops the process at a chosen look. */
  private static final class StoppingClock extends Clock {
    private final Instant now;
    private final AtomicInteger left = new AtomicInteger();

    StoppingClock(Instant now) {
      this.now = now;
    }

    void arm(int looks) {
      left.set(looks);
    }

    @Override
    public Instant instant() {
      if (left.get() > 0 && left.decrementAndGet() == 0) {
        stop();
      }
      return now;
    }

    @Override
    public ZoneId getZone() {
      return ZoneOffset.UTC;
    }

    @Override
    public Clock withZone(ZoneId zone) {
      throw new UnsupportedOperationException("this clock knows UTC only");
    }
  }
}
