package io.strongroom.cluster.link;

import io.strongroom.cluster.wire.v1.Answer;
import io.strongroom.cluster.wire.v1.Operation;
import io.strongroom.hsm.HsmException;
import io.vertx.core.Future;
import io.vertx.grpc.common.ServiceMethod;
import java.time.Duration;
import java.util.function.Consumer;
import org.jspecify.annotations.Nullable;

/**
 * The way to one node, be it remote or in this process. It lives once: when it is lost, everything
 * outstanding fails at once, and another one has to be opened. All failures are {@code
 * HsmException}s that name the node.
 *
 * <p>Confined to one Vert.x event loop: opened on it, used on it, heard on it.
 */
public interface NodeLink {

  /**
   * Has the node do an operation.
   *
   * @param operation without id and deadline
   * @param timeout how long to wait for the answer; the node gets it as the deadline
   */
  Future<Answer> operate(Operation operation, Duration timeout);

  /**
   * Makes a control call.
   *
   * @return the reply; the failure has {@link NothingSent} as its cause if the node cannot have got
   *     the call
   */
  <Q, R> Future<R> call(ServiceMethod<R, Q> method, Q message, Duration timeout);

  /**
   * The same as a part of a trace.
   *
   * @param traceparent the trace's context, for a node that traces; null where there is none
   */
  default <Q, R> Future<R> call(
      ServiceMethod<R, Q> method, Q message, Duration timeout, @Nullable String traceparent) {
    return call(method, message, timeout);
  }

  /**
   * Says what to do when the link is lost; called at once if it already is, never after {@link
   * #close}.
   */
  void onLost(Consumer<HsmException> handler);

  /** Closes the link; what is outstanding fails with this cause. Idempotent. */
  void close(HsmException cause);
}
