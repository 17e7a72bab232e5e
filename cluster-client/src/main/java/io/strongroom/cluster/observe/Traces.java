package io.strongroom.cluster.observe;

import io.opentelemetry.api.OpenTelemetry;
import io.opentelemetry.api.common.AttributeKey;
import io.opentelemetry.api.common.Attributes;
import io.opentelemetry.api.trace.Span;
import io.opentelemetry.api.trace.SpanKind;
import io.opentelemetry.api.trace.StatusCode;
import io.opentelemetry.api.trace.Tracer;
import io.opentelemetry.api.trace.propagation.W3CTraceContextPropagator;
import io.opentelemetry.context.Context;
import io.opentelemetry.context.propagation.TextMapGetter;
import java.util.List;
import org.jspecify.annotations.Nullable;

/**
 * Makes the spans of one client or node, and carries their context as W3C {@code traceparent}.
 * {@link Span#getInvalid()} stands for work that is not traced; all that is done with it costs
 * nothing. Safe for use by many threads.
 */
public final class Traces {

  /** The field of the stream and the metadata of unary calls. */
  public static final String FIELD = "traceparent";

  /** Version 00: {@code 00-<32 hex>-<16 hex>-<2 hex>}. */
  private static final int TRACEPARENT_CHARS = 55;

  private static final String SCOPE = "io.strongroom.cluster";
  private static final AttributeKey<String> CLUSTER = AttributeKey.stringKey("strongroom.cluster");
  private static final AttributeKey<String> NODE = AttributeKey.stringKey("strongroom.node");
  private static final AttributeKey<String> OUTCOME = AttributeKey.stringKey("strongroom.outcome");
  private static final AttributeKey<Boolean> HEDGE = AttributeKey.booleanKey("strongroom.hedge");
  private static final AttributeKey<Long> ATTEMPT_MICROS =
      AttributeKey.longKey("strongroom.attempt.micros");
  private static final AttributeKey<Long> QUEUE_MICROS =
      AttributeKey.longKey("strongroom.queue.micros");
  private static final AttributeKey<Long> TOKEN_MICROS =
      AttributeKey.longKey("strongroom.token.micros");
  private static final W3CTraceContextPropagator W3C = W3CTraceContextPropagator.getInstance();
  private static final TextMapGetter<String> ONE_FIELD = new OneField();

  private final @Nullable Tracer tracer;
  private final Attributes common;

  private Traces(@Nullable Tracer tracer, Attributes common) {
    this.tracer = tracer;
    this.common = common;
  }

  /** Of a client of this cluster. */
  public static Traces ofClient(@Nullable OpenTelemetry telemetry, String cluster) {
    return new Traces(tracer(telemetry), Attributes.of(CLUSTER, cluster));
  }

  /** Of a node. */
  public static Traces ofNode(@Nullable OpenTelemetry telemetry, String cluster, String node) {
    return new Traces(tracer(telemetry), Attributes.of(CLUSTER, cluster, NODE, node));
  }

  /** None. */
  public static Traces none() {
    return new Traces(null, Attributes.empty());
  }

  private static @Nullable Tracer tracer(@Nullable OpenTelemetry telemetry) {
    return telemetry == null ? null : telemetry.getTracer(SCOPE);
  }

  /** Begins an operation of this thread's caller, as a part of what the thread does. */
  public Span client(String operation) {
    Tracer open = tracer;
    return open == null
        ? Span.getInvalid()
        : open.spanBuilder("strongroom." + operation)
            .setSpanKind(SpanKind.CLIENT)
            .setAllAttributes(common)
            .startSpan();
  }

  /** Whether it would be traced what comes with this context. */
  public boolean isTraced(@Nullable String traceparent) {
    return tracer != null && traceparent != null && traceparent.length() == TRACEPARENT_CHARS;
  }

  /**
   * Begins what a caller asked for.
   *
   * @param traceparent the caller's context; nothing is traced where there is none or it is
   *     malformed
   */
  public Span server(String operation, @Nullable String traceparent) {
    Tracer open = tracer;
    if (open == null || traceparent == null || !isTraced(traceparent)) {
      return Span.getInvalid();
    }
    Context parent = W3C.extract(Context.root(), traceparent, ONE_FIELD);
    return Span.fromContext(parent).getSpanContext().isValid()
        ? open.spanBuilder("strongroom." + operation)
            .setSpanKind(SpanKind.SERVER)
            .setParent(parent)
            .setAllAttributes(common)
            .startSpan()
        : Span.getInvalid();
  }

  /** The context to send along; null where nothing is traced. */
  public static @Nullable String traceparent(Span span) {
    if (!span.getSpanContext().isValid()) {
      return null;
    }
    String[] carried = new String[1];
    W3C.inject(
        Context.root().with(span),
        carried,
        (carrier, key, value) -> {
          if (carrier != null && key.equals(FIELD)) {
            carrier[0] = value;
          }
        });
    return carried[0];
  }

  /** Notes an attempt at a node. */
  public static void attempted(Span span, String node, Result result, boolean hedge, long nanos) {
    if (span.isRecording()) {
      span.addEvent(
          "attempt",
          Attributes.of(
              NODE, node, OUTCOME, result.label(), HEDGE, hedge, ATTEMPT_MICROS, nanos / 1000));
    }
  }

  /** Notes how long an operation waited and worked at its node. */
  public static void timed(Span span, long queueNanos, long tokenNanos) {
    if (span.isRecording()) {
      span.setAttribute(QUEUE_MICROS, queueNanos / 1000);
      span.setAttribute(TOKEN_MICROS, tokenNanos / 1000);
    }
  }

  /** Ends a span. What went wrong is told by kind only: messages name keys. */
  public static void end(Span span, Result result) {
    if (span.isRecording()) {
      span.setAttribute(OUTCOME, result.label());
      if (result != Result.OK) {
        span.setStatus(StatusCode.ERROR, result.label());
      }
    }
    span.end();
  }

  private static final class OneField implements TextMapGetter<String> {
    @Override
    public Iterable<String> keys(String carrier) {
      return List.of(FIELD);
    }

    @Override
    public @Nullable String get(@Nullable String carrier, String key) {
      return key.equals(FIELD) ? carrier : null;
    }
  }
}
