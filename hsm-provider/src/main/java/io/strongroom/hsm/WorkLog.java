package io.strongroom.hsm;

import java.util.LinkedHashSet;
import java.util.List;
import java.util.Set;
import java.util.function.Supplier;
import org.jspecify.annotations.Nullable;

/**
 * Which nodes, or which token, did the work of some calls, for those who have to record it. What an
 * {@link Hsm} uses a key for while {@link #during} runs, in the same thread, is noted under the
 * name of the cluster's node that answered, or of the token. Costs next to nothing, and nothing at
 * all where nobody notes. Safe for use by many threads.
 */
public final class WorkLog {

  private static final ScopedValue<WorkLog> CURRENT = ScopedValue.newInstance();

  private final Set<String> nodes = new LinkedHashSet<>();

  /** Does this, and notes who does the work of the calls in it. */
  public <T> T during(Supplier<T> work) {
    return ScopedValue.where(CURRENT, this).call(work::get);
  }

  /** Where an {@link Hsm} notes the work of a call that this thread makes; null for nowhere. */
  public static @Nullable WorkLog current() {
    return CURRENT.isBound() ? CURRENT.get() : null;
  }

  /** Notes that this node, or token, has done work. */
  public synchronized void did(String node) {
    nodes.add(node);
  }

  /** Who has done work so far, in the order in which they first did. */
  public synchronized List<String> nodes() {
    return List.copyOf(nodes);
  }
}
