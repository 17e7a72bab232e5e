package io.strongroom.cluster.balance;

import java.time.Duration;
import java.util.HashMap;
import java.util.Map;
import java.util.Set;
import java.util.TreeMap;
import java.util.function.Consumer;
import org.jspecify.annotations.Nullable;

/**
 * Where operations wait for a node to be free. In order of arrival, but nobody waits behind one who
 * waits for another node: those who want the same nodes stand in one line.
 *
 * @param <W> who waits
 */
public final class WaitingRoom<W> {

  private final Ticker ticker;
  private final Map<Set<Member>, Line<W>> lines = new HashMap<>();
  private final Map<Long, Set<Member>> places = new HashMap<>();

  private static final class Line<W> {
    private final TreeMap<Long, W> waiters = new TreeMap<>();
    private Outflow outflow;

    Line(long nowNanos) {
      this.outflow = new Outflow(nowNanos);
    }
  }

  /** An empty room. */
  public WaitingRoom(Ticker ticker) {
    this.ticker = ticker;
  }

  /** How many wait. */
  public int size() {
    return places.size();
  }

  /**
   * Begins to wait.
   *
   * @param number the place in the order of arrival; used once at a time
   * @param wanted the nodes, one of which is needed
   */
  public void enter(long number, W waiter, Set<Member> wanted) {
    places.put(number, wanted);
    lines.computeIfAbsent(wanted, _ -> new Line<>(ticker.nanos())).waiters.put(number, waiter);
  }

  /** Waits no more; nothing happens if it does not. */
  public void leave(long number) {
    Set<Member> wanted = places.remove(number);
    Line<W> line = wanted == null ? null : lines.get(wanted);
    if (line != null) {
      line.waiters.remove(number);
      if (line.waiters.isEmpty()) {
        lines.remove(wanted);
      }
    }
  }

  /** Takes out who has waited longest of those for whom a node is free; null if there is none. */
  public @Nullable W next() {
    Line<W> first = null;
    for (Map.Entry<Set<Member>, Line<W>> line : lines.entrySet()) {
      if ((first == null || line.getValue().waiters.firstKey() < first.waiters.firstKey())
          && isFree(line.getKey())) {
        first = line.getValue();
      }
    }
    if (first == null) {
      return null;
    }
    first.outflow.left(ticker.nanos());
    Map.Entry<Long, W> longest = first.waiters.firstEntry();
    leave(longest.getKey());
    return longest.getValue();
  }

  private static boolean isFree(Set<Member> members) {
    for (Member member : members) {
      if (member.serves() && !member.saturated()) {
        return true;
      }
    }
    return false;
  }

  /**
   * How long a newcomer would wait for one of these nodes; zero if that cannot be told, as while
   * none of them serves or one is just coming back.
   */
  public Duration expectedWait(Set<Member> wanted) {
    Line<W> line = lines.get(wanted);
    return line == null || !isSteady(wanted)
        ? Duration.ZERO
        : line.outflow.timeFor(line.waiters.size(), ticker.nanos());
  }

  private static boolean isSteady(Set<Member> members) {
    boolean serves = false;
    for (Member member : members) {
      if (member.serves()) {
        if (member.share() < 1) {
          return false;
        }
        serves = true;
      }
    }
    return serves;
  }

  /**
   * Takes all out, in the order of arrival, when what they wait for may have changed; each may
   * enter again.
   */
  public void reconsider(Consumer<W> each) {
    TreeMap<Long, W> all = new TreeMap<>();
    for (Line<W> line : lines.values()) {
      all.putAll(line.waiters);
      line.waiters.clear();
      // How fast it moved before says nothing of how fast it will.
      line.outflow = new Outflow(ticker.nanos());
    }
    places.clear();
    all.values().forEach(each);
    lines.values().removeIf(line -> line.waiters.isEmpty());
  }
}
