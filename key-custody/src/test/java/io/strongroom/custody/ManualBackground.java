package io.strongroom.custody;

import io.strongroom.custody.chain.Background;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;

/** Background work that is done when the test says so. */
final class ManualBackground implements Background {

  private final List<Runnable> waiting = new ArrayList<>();
  private final List<Duration> delays = new ArrayList<>();
  private boolean closed;

  @Override
  public synchronized void soon(Runnable work) {
    after(Duration.ZERO, work);
  }

  @Override
  public synchronized void after(Duration delay, Runnable work) {
    if (!closed) {
      waiting.add(work);
      delays.add(delay);
    }
  }

  @Override
  public synchronized void close() {
    closed = true;
    waiting.clear();
  }

  /** After how long each was to be done, of those that were asked for so far. */
  synchronized List<Duration> delays() {
    return List.copyOf(delays);
  }

  /** Does everything that waits, and nothing that comes of it. */
  void run() {
    List<Runnable> due;
    synchronized (this) {
      due = List.copyOf(waiting);
      waiting.clear();
    }
    due.forEach(Runnable::run);
  }
}
