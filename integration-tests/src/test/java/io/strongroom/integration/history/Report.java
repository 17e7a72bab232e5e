package io.strongroom.integration.history;

import java.util.List;
import java.util.Map;
import java.util.TreeMap;
import java.util.concurrent.TimeUnit;
import java.util.stream.Collectors;

/** What a run did, in words. */
final class Report {
  private Report() {}

  static String of(
      long seed, History history, Map<Nemesis.Harm, Integer> harms, Map<String, NodeState> states) {
    StringBuilder text = new StringBuilder("history: seed " + seed + "\n");
    Recorder.counts(history.events())
        .forEach((call, outcomes) ->
            text.append("  ").append(call).append(' ').append(outcomes).append('\n'));
    text.append("  faults ").append(new TreeMap<>(harms)).append('\n');
    states.forEach((node, state) ->
        text.append(
            "  node %s: %d keys served, %d objects, %d seals, %d tombstones%n"
                .formatted(
                    node,
                    state.served().size(),
                    state.objects().size(),
                    state.sealed().size(),
                    state.buried().size())));
    return text.toString();
  }

  /** Each violation with all that was said of its key. */
  static String details(List<Violation> violations, History history) {
    long start = history.events().stream().mapToLong(Event::begunNanos).min().orElse(0);
    return violations.stream()
        .map(violation ->
            violation
                + history.events().stream()
                    .filter(e -> violation.what().contains(e.call().key().toString()))
                    .filter(e -> !(e.call() instanceof Call.Read) || !e.isDone())
                    .map(e -> line(e, start))
                    .collect(Collectors.joining()))
        .collect(Collectors.joining("\n"));
  }

  private static String line(Event event, long start) {
    return "\n    %5d-%5d ms %s: %s: %s"
        .formatted(
            TimeUnit.NANOSECONDS.toMillis(event.begunNanos() - start),
            TimeUnit.NANOSECONDS.toMillis(event.endedNanos() - start),
            event.client(),
            event.call(),
            event.outcome());
  }
}
