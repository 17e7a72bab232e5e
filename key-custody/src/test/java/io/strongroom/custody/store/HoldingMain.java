package io.strongroom.custody.store;

import java.util.concurrent.CountDownLatch;

/** A process that stops in the middle of a writing transaction, to be killed there. */
final class HoldingMain {

  /** What it prints when it has come to where it is to be killed. */
  static final String HOLDING = "holding";

  private HoldingMain() {}

  /** Argument: the store's URL. */
  public static void main(String[] args) {
    try (Database database = Database.open(args[0])) {
      database.write(handle -> {
        MetaRows.getOrSet(handle, "half", "done");
        System.out.println(HOLDING);
        forever();
        return true;
      });
    }
  }

  private static void forever() {
    try {
      new CountDownLatch(1).await();
    } catch (InterruptedException e) {
      Thread.currentThread().interrupt();
    }
  }
}
