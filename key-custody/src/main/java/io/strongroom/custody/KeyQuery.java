package io.strongroom.custody;

import java.util.Map;
import org.jspecify.annotations.Nullable;

/**
 * Which keys to list, and how many at once. Immutable; the {@code with…} methods return changed
 * copies.
 *
 * @param limit how many at most, 1 to {@link #MAX_LIMIT}
 * @param marker the {@link KeyPage#nextMarker} of the page before; null for the first page
 * @param state only keys in this state; null for all
 * @param tags only keys that have all these tags
 */
public record KeyQuery(
    int limit, @Nullable String marker, @Nullable KeyState state, Map<String, String> tags) {

  /** The longest page. */
  public static final int MAX_LIMIT = 1000;

  /**
   * Copies the tags and checks the limit.
   *
   * @throws CustodyException.BadInput if it is out of range
   */
  public KeyQuery {
    if (limit < 1 || limit > MAX_LIMIT) {
      throw new CustodyException.BadInput(
          CustodyException.Reason.MALFORMED,
          "a page has 1 to %d keys, not %d".formatted(MAX_LIMIT, limit));
    }
    tags = Map.copyOf(tags);
  }

  /** The first keys, whatever their state. */
  public static KeyQuery first(int limit) {
    return new KeyQuery(limit, null, null, Map.of());
  }

  /** The same after a page. */
  public KeyQuery after(@Nullable String nextMarker) {
    return new KeyQuery(limit, nextMarker, state, tags);
  }

  /** The same of keys in this state only; null for any. */
  public KeyQuery in(@Nullable KeyState wanted) {
    return new KeyQuery(limit, marker, wanted, tags);
  }

  /** The same of keys with all these tags. */
  public KeyQuery tagged(Map<String, String> wanted) {
    return new KeyQuery(limit, marker, state, wanted);
  }
}
