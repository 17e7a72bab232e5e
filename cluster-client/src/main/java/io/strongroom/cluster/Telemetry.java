package io.strongroom.cluster;

import io.micrometer.core.instrument.MeterRegistry;
import io.opentelemetry.api.GlobalOpenTelemetry;
import io.opentelemetry.api.OpenTelemetry;
import org.jspecify.annotations.Nullable;

/**
 * Where a client or a node puts what it measures. Immutable. What is not given costs nothing.
 *
 * <pre>
 * ClusterHsm.open(config, Telemetry.meters(registry).withTraces(openTelemetry))
 * </pre>
 *
 * @param meters the registry for its meters, all named {@code strongroom.…}; null for none. The
 *     meters of a client that is closed are taken out again
 * @param traces what makes its spans; null for none
 */
public record Telemetry(@Nullable MeterRegistry meters, @Nullable OpenTelemetry traces) {

  /** Neither meters nor traces. */
  public static final Telemetry NONE = new Telemetry(null, null);

  /**
   * No meters, and the process's own OpenTelemetry for traces where one has been set ({@link
   * GlobalOpenTelemetry}): the default.
   */
  public static Telemetry ofProcess() {
    return new Telemetry(
        null, GlobalOpenTelemetry.isSet() ? GlobalOpenTelemetry.getOrNoop() : null);
  }

  /** Meters in this registry, and traces as in {@link #ofProcess}. */
  public static Telemetry meters(MeterRegistry registry) {
    return new Telemetry(registry, ofProcess().traces());
  }

  /** The same, with these traces. */
  public Telemetry withTraces(OpenTelemetry openTelemetry) {
    return new Telemetry(meters, openTelemetry);
  }
}
