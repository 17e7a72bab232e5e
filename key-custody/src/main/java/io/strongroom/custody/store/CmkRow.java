package io.strongroom.custody.store;

import java.time.Duration;
import org.jspecify.annotations.Nullable;

/**
 * A row of {@code cmk}. {@code sequence} is its place in lists; {@code currentVersion} is 0 before
 * the first import; {@code rotation} is null where versions come on demand only.
 */
public record CmkRow(
    long sequence,
    String id,
    String spec,
    String use,
    String origin,
    String state,
    String description,
    long createdMs,
    int currentVersion,
    @Nullable Long deleteAfterMs,
    @Nullable Rotation rotation) {

  /** The same under another id: what a key will be that is to take its place. */
  public CmkRow withId(String other) {
    return new CmkRow(
        sequence,
        other,
        spec,
        use,
        origin,
        state,
        description,
        createdMs,
        currentVersion,
        deleteAfterMs,
        rotation);
  }

  /** How often a key gets a new version, and when the next one is due. */
  public record Rotation(int days, long nextMs) {

    /** A period that begins now. */
    public static Rotation every(int days, long nowMs) {
      return new Rotation(days, nowMs + Duration.ofDays(days).toMillis());
    }
  }
}
