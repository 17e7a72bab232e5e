package io.strongroom.integration.history;

import io.strongroom.hsm.KeyId;
import java.util.ArrayList;
import java.util.HashSet;
import java.util.List;
import java.util.Set;
import java.util.stream.Stream;

/** All that happened to one key, and what has to be left of it. */
final class Story {
  private final KeyId key;
  private final List<Event> creates = new ArrayList<>();
  private final List<Event> destroys = new ArrayList<>();

  Story(KeyId key) {
    this.key = key;
  }

  /** What has to be left of a key in the end. */
  enum Fate {
    WHOLE,
    WHOLE_OR_NOTHING,
    NOTHING
  }

  void add(Event event) {
    switch (event.call()) {
      case Call.Create _ -> creates.add(event);
      case Call.Destroy _ -> destroys.add(event);
      case Call.Read _ -> {
        // Changes nothing.
      }
    }
  }

  KeyId key() {
    return key;
  }

  Stream<Event> acknowledgements() {
    return creates.stream().filter(Event::isDone);
  }

  boolean wasAcknowledged() {
    return acknowledgements().findAny().isPresent();
  }

  boolean wasAcknowledgedBefore(long nanos) {
    return acknowledgements().anyMatch(e -> e.endedNanos() <= nanos);
  }

  boolean wasDestroyed() {
    return destroys.stream().anyMatch(Event::isDone);
  }

  /** Whether anyone had begun to destroy it by then, and was not refused. */
  boolean mayBeDestroyedBy(long nanos) {
    return mayDestroy().anyMatch(e -> e.begunNanos() <= nanos);
  }

  /** The same of anyone but the one who made this call. */
  boolean mayBeDestroyedByOthers(Event except) {
    return mayDestroy().anyMatch(e -> e != except && e.begunNanos() <= except.endedNanos());
  }

  private Stream<Event> mayDestroy() {
    return destroys.stream().filter(e -> !(e.outcome() instanceof Outcome.Refused));
  }

  Fate fate() {
    if (wasDestroyed()) {
      return Fate.NOTHING;
    }
    if (wasAcknowledged()) {
      return mayDestroy().findAny().isPresent() ? Fate.WHOLE_OR_NOTHING : Fate.WHOLE;
    }
    return creates.stream().anyMatch(e -> e.outcome() instanceof Outcome.Unknown)
        ? Fate.WHOLE_OR_NOTHING
        : Fate.NOTHING;
  }

  /** The nodes that had it on their disk when it was acknowledged. */
  Set<String> holders() {
    Set<String> holders = new HashSet<>();
    acknowledgements()
        .map(Event::outcome)
        .filter(Outcome.Done.class::isInstance)
        .forEach(done -> holders.addAll(((Outcome.Done) done).sealedAt()));
    return holders;
  }

  /** Check values of what was imported; empty for a key that the cluster made. */
  Set<String> checkValues() {
    Set<String> values = new HashSet<>();
    for (Event event : creates) {
      if (event.call() instanceof Call.Create create && !create.checkValue().isEmpty()) {
        values.add(create.checkValue());
      }
    }
    return values;
  }

  /** The label it was acknowledged with; empty if it never was. */
  String label() {
    return acknowledgements().map(e -> ((Call.Create) e.call()).label()).findFirst().orElse("");
  }

  long firstAcknowledgedNanos() {
    return acknowledgements().mapToLong(Event::endedNanos).min().orElse(Long.MAX_VALUE);
  }

  @Override
  public String toString() {
    return "key " + key + (label().isEmpty() ? "" : " \"" + label() + "\"");
  }
}
