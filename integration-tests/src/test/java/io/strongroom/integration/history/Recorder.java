package io.strongroom.integration.history;

import io.strongroom.hsm.HsmException;
import io.strongroom.hsm.KeyId;
import java.util.List;
import java.util.Map;
import java.util.Queue;
import java.util.Set;
import java.util.TreeMap;
import java.util.concurrent.ConcurrentLinkedQueue;
import java.util.function.Supplier;
import java.util.stream.Collectors;

/** Makes calls and writes down what became of them. Safe for use by many threads. */
final class Recorder {
  private final Queue<Event> events = new ConcurrentLinkedQueue<>();

  /** Makes a call; an exception becomes the outcome that it stands for. */
  Outcome record(String client, Call call, Supplier<Outcome> work) {
    long begun = System.nanoTime();
    Outcome outcome;
    try {
      outcome = work.get();
    } catch (HsmException e) {
      outcome = failed(e);
    } catch (IllegalStateException e) {
      // The client was closed under it: of a read that says nothing.
      if (call instanceof Call.Read) {
        return new Outcome.Unknown("closed");
      }
      outcome = new Outcome.Unknown(String.valueOf(e.getMessage()));
    }
    events.add(new Event(client, call, begun, System.nanoTime(), outcome));
    return outcome;
  }

  private static Outcome failed(HsmException e) {
    return switch (e) {
      case HsmException.KeyNotFound _ -> new Outcome.NotFound(e.text());
      // Someone else's key with this id was left as it is.
      case HsmException.KeyExists _ when e.text().startsWith("another client") ->
          new Outcome.Unknown(e.text());
      case HsmException.KeyExists _,
          HsmException.UnsupportedMechanism _,
          HsmException.BadInput _,
          HsmException.AuthenticationFailed _,
          HsmException.AccessDenied _,
          HsmException.Throttled _ ->
          new Outcome.Refused(e.text());
      case HsmException.DeadlineExceeded _ -> new Outcome.Unknown(e.text());
      case HsmException.DeviceUnavailable _ ->
          isUndone(e.text()) ? new Outcome.Refused(e.text()) : new Outcome.Unknown(e.text());
    };
  }

  private static boolean isUndone(String text) {
    return text.contains("nothing was changed") || text.contains("it was undone at");
  }

  List<Event> events() {
    return List.copyOf(events);
  }

  /** The keys that were acknowledged at some time. */
  Set<KeyId> acknowledged() {
    return events.stream()
        .filter(e -> e.isDone() && e.call() instanceof Call.Create)
        .map(e -> e.call().key())
        .collect(Collectors.toSet());
  }

  /** How often which call had which outcome. */
  static Map<String, Map<String, Long>> counts(List<Event> events) {
    return events.stream()
        .collect(
            Collectors.groupingBy(
                e -> kind(e.call()),
                TreeMap::new,
                Collectors.groupingBy(
                    e -> e.outcome().getClass().getSimpleName(),
                    TreeMap::new,
                    Collectors.counting())));
  }

  private static String kind(Call call) {
    return switch (call) {
      case Call.Create create -> create.checkValue().isEmpty() ? "create" : "import";
      case Call.Destroy _ -> "destroy";
      case Call.Read read -> read.use().name().toLowerCase(java.util.Locale.ROOT);
    };
  }
}
