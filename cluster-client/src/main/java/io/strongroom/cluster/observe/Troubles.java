package io.strongroom.cluster.observe;

import java.util.Map;
import java.util.concurrent.ConcurrentHashMap;

/**
 * What is wrong now, so that a trouble is logged when it begins and not at each try. Safe for use
 * by many threads.
 */
public final class Troubles {
  /** With so many at once, some are rather logged again than all of them kept. */
  private static final int MOST = 10_000;

  private final Map<String, String> reasons = new ConcurrentHashMap<>();

  /**
   * Something went wrong.
   *
   * @param what what was tried
   * @return whether that is news: it went well until now, or failed for another reason
   */
  public boolean isNews(String what, String reason) {
    if (reasons.size() >= MOST) {
      reasons.clear();
    }
    return !reason.equals(reasons.put(what, reason));
  }

  /** It goes well again. */
  public void over(String what) {
    reasons.remove(what);
  }
}
