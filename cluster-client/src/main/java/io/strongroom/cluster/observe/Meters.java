package io.strongroom.cluster.observe;

import io.micrometer.core.instrument.FunctionCounter;
import io.micrometer.core.instrument.Gauge;
import io.micrometer.core.instrument.Meter;
import io.micrometer.core.instrument.MeterRegistry;
import io.micrometer.core.instrument.Tags;
import io.micrometer.core.instrument.Timer;
import java.util.Queue;
import java.util.concurrent.ConcurrentLinkedQueue;
import java.util.function.DoubleSupplier;

/**
 * The meters of one client or node, which go out of the registry again when it is closed. Values
 * are asked for when the registry is read, by the thread that reads it. Safe for use by many
 * threads.
 */
public final class Meters implements AutoCloseable {

  private final MeterRegistry registry;
  private final Tags common;
  private final Queue<Meter> registered = new ConcurrentLinkedQueue<>();
  // The registry itself only keeps weak references to what counters read.
  private final Queue<DoubleSupplier> read = new ConcurrentLinkedQueue<>();
  private final Queue<OperationTimers> timers = new ConcurrentLinkedQueue<>();

  /**
   * Meters that all have these tags. Those of two clients of one cluster in one registry would be
   * the same meters: such clients need a registry or a further tag each.
   */
  public Meters(MeterRegistry registry, Tags common) {
    this.registry = registry;
    this.common = common;
  }

  /** The tags that all have. */
  public Tags common() {
    return common;
  }

  /** Something that goes up and down. */
  public void gauge(String name, String text, Tags tags, DoubleSupplier value) {
    registered.add(
        Gauge.builder(name, value::getAsDouble)
            .description(text)
            .tags(common.and(tags))
            .register(registry));
  }

  /** Something that is counted elsewhere and only grows. */
  public void counter(String name, String text, Tags tags, DoubleSupplier value) {
    read.add(value);
    registered.add(
        FunctionCounter.builder(name, value, DoubleSupplier::getAsDouble)
            .description(text)
            .tags(common.and(tags))
            .register(registry));
  }

  /** How long something takes. */
  public Timer timer(String name, String text, Tags tags) {
    Timer timer =
        Timer.builder(name)
            .description(text)
            .tags(common.and(tags))
            .serviceLevelObjectives(OperationTimers.buckets())
            .register(registry);
    registered.add(timer);
    return timer;
  }

  /** Timers for operations of the stream. */
  public OperationTimers operations(String name, String text, Tags tags) {
    return timers(Kinds.timers(name, text, common.and(tags)));
  }

  /** Timers for any kinds of work; the description has all tags. */
  public OperationTimers timers(OperationTimers.Description description) {
    OperationTimers made = new OperationTimers(registry, description);
    timers.add(made);
    return made;
  }

  @Override
  public void close() {
    registered.forEach(registry::remove);
    timers.forEach(OperationTimers::close);
  }
}
