package io.strongroom.cluster.balance;

import java.time.Duration;
import java.util.HashMap;
import java.util.Map;

/**
 * The shortest time that operations of each kind have taken of late: what they take where nothing
 * is in their way. Time in which none is done does not make it forget.
 */
public final class Floors {

  private static final long WINDOW_NANOS = Duration.ofSeconds(10).toNanos();
  private static final int MOST_KINDS = 256;

  private final Map<Kind, Floor> floors = new HashMap<>();

  /**
   * Takes an operation in.
   *
   * @return the floor of its kind, this operation included
   */
  public double observe(long nowNanos, Kind kind, double tookNanos) {
    if (floors.size() >= MOST_KINDS && !floors.containsKey(kind)) {
      floors.clear();
    }
    Floor floor = floors.computeIfAbsent(kind, _ -> new Floor(nowNanos));
    return floor.observe(nowNanos, tookNanos);
  }

  /** The least of the present window of time and of the one before it. */
  private static final class Floor {
    private long sinceNanos;
    private double present = Double.MAX_VALUE;
    private double before = Double.MAX_VALUE;

    Floor(long nowNanos) {
      this.sinceNanos = nowNanos;
    }

    double observe(long nowNanos, double tookNanos) {
      if (nowNanos - sinceNanos >= WINDOW_NANOS) {
        sinceNanos = nowNanos;
        before = present;
        present = tookNanos;
      }
      present = Math.min(present, tookNanos);
      return Math.min(present, before);
    }
  }
}
