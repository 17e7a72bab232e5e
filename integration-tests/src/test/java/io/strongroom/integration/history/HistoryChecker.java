package io.strongroom.integration.history;

import io.strongroom.hsm.KeyId;
import io.strongroom.integration.history.NodeState.TokenObject;
import io.strongroom.integration.history.Violation.Kind;
import java.time.Duration;
import java.util.ArrayList;
import java.util.Comparator;
import java.util.HashMap;
import java.util.HashSet;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Set;

/**
 * Compares what clients were told with what the nodes have in the end. A pure function: it asks
 * nobody, and knows nothing of how either came about.
 */
final class HistoryChecker {
  private final int quorum;
  private final Duration settling;
  private final List<Violation> found = new ArrayList<>();
  private final Map<KeyId, Story> stories = new LinkedHashMap<>();

  private HistoryChecker(int quorum, Duration settling) {
    this.quorum = quorum;
    this.settling = settling;
  }

  /**
   * Checks a history.
   *
   * @param quorum how many nodes have a key before it is acknowledged
   * @param settling how long after an outage clients may take to find a node again
   * @param history what happened
   * @param nodes what each node has in the end
   * @return what is wrong; empty if nothing is
   */
  static List<Violation> check(
      int quorum, Duration settling, History history, Map<String, NodeState> nodes) {
    HistoryChecker checker = new HistoryChecker(quorum, settling);
    history
        .events()
        .forEach(
            event -> checker.stories.computeIfAbsent(event.call().key(), Story::new).add(event));
    history.events().forEach(event -> checker.checkAnswer(event, history.outages()));
    checker.checkLabels();
    checker.stories.values().forEach(story -> checker.checkFate(story, nodes));
    nodes.forEach(checker::checkNode);
    return List.copyOf(checker.found);
  }

  private void report(Kind kind, String what) {
    found.add(new Violation(kind, what));
  }

  private Story story(Event event) {
    return stories.get(event.call().key());
  }

  private void checkAnswer(Event event, List<Outage> outages) {
    Story story = story(event);
    switch (event.outcome()) {
      case Outcome.Done(Set<String> sealedAt) -> {
        if (event.call() instanceof Call.Create
            && sealedAt.size() < quorum
            && !story.mayBeDestroyedBy(event.endedNanos())) {
          report(Kind.BELOW_QUORUM, story + " was acknowledged when only " + sealedAt + " had it");
        }
      }
      case Outcome.Wrong(String what) -> report(Kind.WRONG_ANSWER, story + ": " + what);
      case Outcome.NotFound(String reason) -> {
        // Of a create it is said of the key that opens the material, which is always there.
        if (event.call() instanceof Call.Create || hadToExist(story, event)) {
          report(Kind.DENIED, story + ": " + reason);
        }
      }
      case Outcome.Refused(String reason) -> checkService(story, event, reason, outages);
      case Outcome.Unknown(String reason) -> checkService(story, event, reason, outages);
    }
  }

  private static boolean hadToExist(Story story, Event event) {
    return story.wasAcknowledgedBefore(event.begunNanos()) && !story.mayBeDestroyedByOthers(event);
  }

  private void checkService(Story story, Event event, String reason, List<Outage> outages) {
    if (!(event.call() instanceof Call.Read read) || !hadToExist(story, event)) {
      return;
    }
    long from = event.begunNanos() - settling.toNanos();
    story.holders().stream()
        .filter(node ->
            outages.stream()
                .noneMatch(o -> o.touches(node, event.client(), from, event.endedNanos())))
        .findFirst()
        .ifPresent(node ->
            report(
                Kind.NOT_SERVED,
                "%s failed client %s (%s) though %s was there: %s"
                    .formatted(story, event.client(), read.use(), node, reason)));
  }

  private void checkLabels() {
    Map<String, List<Story>> byLabel = new HashMap<>();
    stories.values().stream()
        .filter(Story::wasAcknowledged)
        .forEach(s -> byLabel.computeIfAbsent(s.label(), _ -> new ArrayList<>()).add(s));
    for (List<Story> sharing : byLabel.values()) {
      sharing.sort(Comparator.comparingLong(Story::firstAcknowledgedNanos));
      for (int i = 1; i < sharing.size(); i++) {
        Story later = sharing.get(i);
        sharing.subList(0, i).stream()
            .filter(earlier -> !earlier.mayBeDestroyedBy(later.firstAcknowledgedNanos()))
            .forEach(earlier ->
                report(Kind.LABEL_TWICE, earlier + " was there when " + later + " was made"));
      }
    }
  }

  private void checkFate(Story story, Map<String, NodeState> nodes) {
    KeyId key = story.key();
    Map<String, String> states = new LinkedHashMap<>();
    nodes.forEach((name, node) -> states.put(name, node.describe(key)));
    long whole = nodes.values().stream().filter(node -> node.hasAllOf(key)).count();
    long some = nodes.values().stream().filter(node -> node.hasSomethingOf(key)).count();
    switch (story.fate()) {
      case WHOLE -> {
        if (whole < nodes.size()) {
          report(Kind.LOST, story + " " + states);
        }
      }
      case NOTHING -> {
        if (some > 0) {
          report(story.wasDestroyed() ? Kind.RETURNED : Kind.REMAINS, story + " " + states);
        }
      }
      case WHOLE_OR_NOTHING -> {
        if (some > 0 && whole < nodes.size()) {
          report(Kind.HALF_DONE, story + " " + states);
        }
      }
    }
    checkIdentity(story, nodes);
  }

  /** Where no client was told that it has a key, two may stay that no majority tells apart. */
  private void checkIdentity(Story story, Map<String, NodeState> nodes) {
    if (!story.wasAcknowledged()) {
      return;
    }
    Map<String, String> values = new LinkedHashMap<>();
    nodes.forEach((name, node) -> {
      String value = node.served().get(story.key());
      if (value != null) {
        values.put(name, value);
      }
    });
    Set<String> different = new HashSet<>(values.values());
    if (different.size() > 1) {
      report(Kind.ID_TWICE, story + " has the check values " + values);
    } else if (!story.checkValues().isEmpty() && !story.checkValues().containsAll(different)) {
      report(
          Kind.ID_TWICE, story + " was imported as " + story.checkValues() + " and is " + values);
    }
  }

  private void checkNode(String name, NodeState node) {
    Set<String> seen = new HashSet<>();
    for (TokenObject object : node.objects()) {
      if (!seen.add(object.kind() + " with id " + object.id())
          || !seen.add(object.kind() + " with label " + object.label())) {
        report(Kind.DUPLICATE, "token " + name + " has another " + object);
      }
    }
    Set<KeyId> present = new HashSet<>(node.served().keySet());
    present.addAll(node.sealed());
    node.objects().forEach(object -> present.add(object.id()));
    present.stream()
        .filter(id -> !stories.containsKey(id))
        .forEach(id ->
            report(Kind.STRAY, "node " + name + " has key " + id + ", which nobody asked for"));
    node.unreadable()
        .forEach(id ->
            report(
                Kind.UNREADABLE,
                "node " + name + " does not decrypt what key " + id + " encrypted"));
  }
}
