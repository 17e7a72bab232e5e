package io.strongroom.cluster.node;

import io.strongroom.cluster.wire.Limits;

/**
 * Counts the frames of one connection that cost a node an answer and the peer nothing: pings and
 * settings. Confined to the connection's event loop.
 */
final class FloodGuard {
  private final Runnable tooMany;
  private long windowStartNanos = System.nanoTime();
  private int frames;

  /**
   * @param tooMany what to do, once, when there are more than a client has reason for
   */
  FloodGuard(Runnable tooMany) {
    this.tooMany = tooMany;
  }

  /** One came in. */
  void frame() {
    long now = System.nanoTime();
    if (now - windowStartNanos > Limits.WINDOW.toNanos()) {
      windowStartNanos = now;
      frames = 0;
    }
    frames++;
    if (frames == Limits.CONTROL_FRAMES_PER_WINDOW) {
      tooMany.run();
    }
  }
}
