package io.strongroom.cluster;

import io.micrometer.core.instrument.MeterRegistry;
import io.micrometer.core.instrument.Tags;
import io.opentelemetry.api.trace.Span;
import io.strongroom.cluster.observe.Kinds;
import io.strongroom.cluster.observe.Meters;
import io.strongroom.cluster.observe.OperationTimers;
import io.strongroom.cluster.observe.Result;
import io.strongroom.cluster.observe.Traces;
import io.strongroom.cluster.wire.v1.Operation;
import io.vertx.core.Future;
import org.jspecify.annotations.Nullable;

/**
 * What a client tells of its calls. The time that a caller waits is recorded here, and the caller's
 * trace goes on with a span; each attempt at a node is told of by {@link Attempts}. Safe for use by
 * many threads.
 */
final class ClientObserver implements AutoCloseable {

  private final @Nullable Meters meters;
  private final OperationTimers requests;
  private final OperationTimers management;
  private final Traces traces;
  private final Trails trails = new Trails();

  private ClientObserver(@Nullable Meters meters, Traces traces) {
    this.meters = meters;
    this.traces = traces;
    String text = "What callers wait, repeats at other nodes included";
    this.requests =
        meters == null
            ? OperationTimers.none()
            : meters.operations("strongroom.requests", text, Tags.empty());
    this.management =
        meters == null
            ? OperationTimers.none()
            : meters.timers(
                OperationTimers.Description.of(
                    "strongroom.requests",
                    text,
                    meters.common(),
                    Management.values(),
                    Management::label));
  }

  static ClientObserver of(
      Telemetry telemetry, ClusterConfig config, Fleet fleet, Dispatcher dispatcher) {
    MeterRegistry registry = telemetry.meters();
    Traces traces = Traces.ofClient(telemetry.traces(), config.cluster());
    Meters meters =
        registry == null
            ? null
            : new Meters(registry, Tags.of("side", "client", "cluster", config.cluster()));
    ClientObserver observer = new ClientObserver(meters, traces);
    if (meters != null) {
      ClientMeters.bind(meters, config, fleet, dispatcher);
    }
    for (Node node : fleet.nodes()) {
      OperationTimers timers =
          meters == null ? OperationTimers.none() : ClientMeters.attempts(meters, node);
      node.tell(new Attempts(node.name(), timers, observer.trails));
    }
    return observer;
  }

  /** An operation begins, on the thread of its caller; it takes the trace's context along. */
  Request begin(Operation.Builder operation) {
    Operation.KindCase kind = operation.getKindCase();
    Span span = traces.client(Kinds.name(kind));
    String traceparent = Traces.traceparent(span);
    if (traceparent != null) {
      operation.setTraceparent(traceparent);
      trails.begin(traceparent, span);
    }
    return new Request(requests, kind, span, traceparent);
  }

  /** A call that makes or destroys a key begins, on the thread of its caller. */
  Request begin(Management call) {
    Span span = traces.client(call.label());
    return new Request(management, call, span, Traces.traceparent(span));
  }

  /** One call of one caller. */
  final class Request {
    private final OperationTimers timers;
    private final Enum<?> kind;
    private final Span span;
    private final @Nullable String traceparent;
    private final long startNanos = System.nanoTime();

    private Request(OperationTimers timers, Enum<?> kind, Span span, @Nullable String traceparent) {
      this.timers = timers;
      this.kind = kind;
      this.span = span;
      this.traceparent = traceparent;
    }

    /** The context for the nodes; null where nothing is traced. */
    @Nullable String traceparent() {
      return traceparent;
    }

    /** Tells how it ends. */
    <T> Future<T> ending(Future<T> call) {
      return call.onComplete(_ -> ended(Result.OK), e -> ended(Result.of(e)));
    }

    private void ended(Result result) {
      timers.record(kind, result, System.nanoTime() - startNanos);
      if (traceparent != null) {
        trails.end(traceparent);
      }
      Traces.end(span, result);
    }
  }

  @Override
  public void close() {
    if (meters != null) {
      meters.close();
    }
  }
}
