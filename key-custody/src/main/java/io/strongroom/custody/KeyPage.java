package io.strongroom.custody;

import java.util.List;
import org.jspecify.annotations.Nullable;

/**
 * Some of the keys, the oldest first. A page can have fewer keys than its limit, even none, with
 * more to come: only a page without a marker is the last. Immutable.
 *
 * @param keys the keys
 * @param nextMarker what to ask the next page with; null if there is none
 */
public record KeyPage(List<CmkDescription> keys, @Nullable String nextMarker) {

  /** Copies the list. */
  public KeyPage {
    keys = List.copyOf(keys);
  }
}
