package io.strongroom.cluster.observe;

import io.opentelemetry.api.trace.Span;
import io.opentelemetry.context.Scope;
import org.slf4j.MDC;

/**
 * That this thread works for a span: what it logs carries the trace's id, as {@code trace}, and
 * spans that others make on it become parts.
 */
public final class Working implements AutoCloseable {

  /** The name of the trace's id in the log. */
  public static final String TRACE = "trace";

  private static final Working UNTRACED = new Working(Scope.noop());

  private final Scope scope;

  private Working(Scope scope) {
    this.scope = scope;
  }

  /** Begins; to be closed by the same thread. */
  @SuppressWarnings("MustBeClosedChecker") // close() does.
  public static Working on(Span span) {
    if (!span.getSpanContext().isValid()) {
      return UNTRACED;
    }
    MDC.put(TRACE, span.getSpanContext().getTraceId());
    return new Working(span.makeCurrent());
  }

  @Override
  public void close() {
    if (this != UNTRACED) {
      MDC.remove(TRACE);
      scope.close();
    }
  }
}
