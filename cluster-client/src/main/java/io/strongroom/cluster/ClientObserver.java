package io.strongroom.cluster;

import io.micrometer.core.instrument.MeterRegistry;
import io.micrometer.core.instrument.Tags;
import io.strongroom.cluster.observe.Meters;
import io.strongroom.cluster.observe.OperationTimers;
import io.strongroom.cluster.observe.Result;
import io.strongroom.cluster.wire.v1.Answer;
import io.strongroom.cluster.wire.v1.Operation;
import io.vertx.core.Future;
import org.jspecify.annotations.Nullable;

/**
 * What a client tells of its operations. The time that a caller waits is recorded here, that of
 * each attempt by the node it is made at. Safe for use by many threads.
 */
final class ClientObserver implements AutoCloseable {

  private final @Nullable Meters meters;
  private final OperationTimers requests;

  private ClientObserver(@Nullable Meters meters, OperationTimers requests) {
    this.meters = meters;
    this.requests = requests;
  }

  static ClientObserver of(
      Telemetry telemetry, ClusterConfig config, Fleet fleet, Dispatcher dispatcher) {
    MeterRegistry registry = telemetry.meters();
    if (registry == null) {
      return new ClientObserver(null, OperationTimers.none());
    }
    Meters meters = new Meters(registry, Tags.of("side", "client", "cluster", config.cluster()));
    ClientMeters.bind(meters, config, fleet, dispatcher);
    return new ClientObserver(
        meters,
        meters.operations(
            "strongroom.requests",
            "What callers wait for an operation, repeats at other nodes included",
            Tags.empty()));
  }

  /** An operation begins; on the thread of its caller. */
  Request begin(Operation.Builder operation) {
    return new Request(requests, operation.getKindCase(), System.nanoTime());
  }

  /** One operation of one caller. */
  record Request(OperationTimers timers, Operation.KindCase kind, long startNanos) {

    /** Records how it ends. */
    Future<Answer> ending(Future<Answer> answer) {
      return answer.onComplete(_ -> ended(Result.OK), e -> ended(Result.of(e)));
    }

    private void ended(Result result) {
      timers.record(kind, result, System.nanoTime() - startNanos);
    }
  }

  @Override
  public void close() {
    if (meters != null) {
      meters.close();
    }
  }
}
