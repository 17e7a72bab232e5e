package io.strongroom.custody;

import io.strongroom.custody.chain.Background;
import java.util.List;
import java.util.Set;
import java.util.concurrent.ConcurrentHashMap;
import java.util.concurrent.RejectedExecutionException;
import java.util.function.Consumer;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * Destroys doomed keys beside the calls that let go of them: a wrapping key that has done its work
 * is written down as doomed before the answer leaves, and nobody has to wait until every token has
 * destroyed it. What does not get done is found by the next {@link Intents#repair}. Safe for use by
 * many threads.
 */
final class Disposal implements AutoCloseable {

  private static final Logger LOG = LoggerFactory.getLogger(Disposal.class);

  /** How many may wait; whoever brings more destroys his own. */
  static final int MOST_WAITING = 64;

  private final Consumer<String> settle;
  private final Background background;
  private final Set<String> underWay = ConcurrentHashMap.newKeySet();

  /**
   * @param settle destroys one, by its id in the HSM, and strikes it out
   */
  Disposal(Consumer<String> settle, Background background) {
    this.settle = settle;
    this.background = background;
  }

  /** Has keys destroyed soon, which are written down as doomed. */
  void soon(List<String> hsmKeyIds) {
    hsmKeyIds.forEach(this::soon);
  }

  private void soon(String hsmKeyId) {
    if (underWay.size() >= MOST_WAITING) {
      settle.accept(hsmKeyId);
      return;
    }
    underWay.add(hsmKeyId);
    try {
      background.soon(() -> settleNow(hsmKeyId));
    } catch (RejectedExecutionException closing) {
      settleNow(hsmKeyId);
    }
  }

  /** Whether it waits here or is being destroyed just now. */
  boolean isUnderWay(String hsmKeyId) {
    return underWay.contains(hsmKeyId);
  }

  private void settleNow(String hsmKeyId) {
    try {
      settle.accept(hsmKeyId);
    } catch (RuntimeException e) {
      // Store or HSM may have been closed meanwhile: it stays written down.
      LOG.warn("event=doomed_key_left key={} reason=\"{}\"", hsmKeyId, e.getMessage());
    } finally {
      underWay.remove(hsmKeyId);
    }
  }

  /** Waits until all are destroyed, a minute at most. Idempotent. */
  @Override
  public void close() {
    background.close();
  }
}
