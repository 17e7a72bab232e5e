package io.strongroom.cluster.observe;

import io.micrometer.core.instrument.MeterRegistry;
import io.micrometer.core.instrument.Tags;
import io.micrometer.core.instrument.Timer;
import java.time.Duration;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.atomic.AtomicReferenceArray;
import java.util.function.Function;
import org.jspecify.annotations.Nullable;

/**
 * Timers for each kind of work and each way that it ends, tags {@code operation} and {@code
 * outcome}. Each is looked up in the registry once, when it is first needed; afterwards a record
 * costs an array access and the timer itself. Safe for use by many threads.
 */
public final class OperationTimers implements AutoCloseable {

  /** From a session copy's 20 µs to a deadline; few enough for a timer a node and operation. */
  private static final Duration[] BUCKETS = {
    Duration.ofNanos(100_000),
    Duration.ofNanos(250_000),
    Duration.ofNanos(500_000),
    Duration.ofMillis(1),
    Duration.ofNanos(2_500_000),
    Duration.ofMillis(5),
    Duration.ofMillis(10),
    Duration.ofMillis(25),
    Duration.ofMillis(50),
    Duration.ofMillis(100),
    Duration.ofMillis(250),
    Duration.ofMillis(500),
    Duration.ofSeconds(1),
    Duration.ofMillis(2500),
    Duration.ofSeconds(5)
  };

  private static final Result[] RESULTS = Result.values();

  private final @Nullable MeterRegistry registry;
  private final Description description;
  private final AtomicReferenceArray<@Nullable Timer> timers;

  /**
   * What the timers have in common.
   *
   * @param name the meter's name
   * @param text what it says, for the scrape
   * @param tags further tags
   * @param operations the names of the kinds of work, by their ordinals
   */
  public record Description(String name, String text, Tags tags, String[] operations) {

    /** For kinds of work that are an enum. */
    public static <E extends Enum<E>> Description of(
        String name, String text, Tags tags, E[] kinds, Function<E, String> operation) {
      String[] operations = new String[kinds.length];
      for (E kind : kinds) {
        operations[kind.ordinal()] = operation.apply(kind);
      }
      return new Description(name, text, tags, operations);
    }
  }

  /**
   * Timers in a registry.
   *
   * @param registry none: nothing is recorded
   */
  public OperationTimers(@Nullable MeterRegistry registry, Description description) {
    this.registry = registry;
    this.description = description;
    this.timers = new AtomicReferenceArray<>(description.operations().length * RESULTS.length);
  }

  /** The upper bounds that latencies are counted under. */
  static Duration[] buckets() {
    return BUCKETS.clone();
  }

  /** Timers that record nothing. */
  public static OperationTimers none() {
    return new OperationTimers(null, new Description("", "", Tags.empty(), new String[0]));
  }

  /** Records one piece of work. */
  public void record(Enum<?> kind, Result result, long nanos) {
    MeterRegistry open = registry;
    if (open == null) {
      return;
    }
    int index = kind.ordinal() * RESULTS.length + result.ordinal();
    Timer timer = timers.getPlain(index);
    if (timer == null) {
      timer = register(open, description.operations()[kind.ordinal()], result);
      timers.set(index, timer);
    }
    timer.record(nanos, TimeUnit.NANOSECONDS);
  }

  private Timer register(MeterRegistry open, String operation, Result result) {
    return Timer.builder(description.name())
        .description(description.text())
        .tags(description.tags())
        .tag("operation", operation)
        .tag("outcome", result.label())
        .serviceLevelObjectives(BUCKETS)
        .register(open);
  }

  /** Takes the timers out of the registry. */
  @Override
  public void close() {
    MeterRegistry open = registry;
    if (open == null) {
      return;
    }
    for (int i = 0; i < timers.length(); i++) {
      Timer timer = timers.get(i);
      if (timer != null) {
        open.remove(timer);
      }
    }
  }
}
