package io.strongroom.cluster.link;

import io.strongroom.cluster.identity.PeerRefused;
import io.strongroom.cluster.identity.TlsSnapshot;
import io.strongroom.cluster.wire.v1.Answer;
import io.strongroom.cluster.wire.v1.Operation;
import io.strongroom.cluster.wire.v1.Probe;
import io.strongroom.hsm.HsmException;
import io.vertx.core.Future;
import io.vertx.core.Vertx;
import io.vertx.grpc.common.ServiceMethod;
import java.time.Clock;
import java.time.Duration;
import java.time.Instant;
import java.util.HashSet;
import java.util.Set;
import java.util.function.Consumer;
import org.jspecify.annotations.Nullable;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * A link whose connection is followed by another one when the certificate files change, and before
 * a certificate ends. What is under way on the old connection is answered there, so that nothing
 * fails.
 */
final class RenewedLink implements NodeLink {
  private static final Logger LOG = LoggerFactory.getLogger(RenewedLink.class);
  private static final Operation PROBE =
      Operation.newBuilder().setProbe(Probe.getDefaultInstance()).build();
  private static final Duration LOOK_EVERY = Duration.ofSeconds(2);
  private static final Duration LONGEST_LEAD = Duration.ofMinutes(10);
  private static final int LEAD_PART = 5;

  private final Vertx vertx;
  private final Target target;
  private final Duration timeout;
  private final Clock clock;
  private final Set<NodeConnection> retiring = new HashSet<>();
  private NodeConnection current;
  private Instant due;
  private Consumer<HsmException> lostHandler = cause -> {};
  private String lastFailure = "";
  private long timer;
  private boolean closed;

  private RenewedLink(
      Vertx vertx, Target target, Duration timeout, Clock clock, NodeConnection first) {
    this.vertx = vertx;
    this.target = target;
    this.timeout = timeout;
    this.clock = clock;
    this.current = first;
    this.due = due(first);
    lookLater();
  }

  /** Opens one. */
  static Future<NodeLink> open(Vertx vertx, Target target, Duration timeout, Clock clock) {
    return NodeConnection.open(vertx, target, timeout)
        .map(first -> new RenewedLink(vertx, target, timeout, clock, first));
  }

  /** Some time before the end, so that a certificate that follows is taken up in time. */
  private Instant due(NodeConnection connection) {
    Instant end = connection.certificatesEnd();
    Duration lead = Duration.between(clock.instant(), end).dividedBy(LEAD_PART);
    return end.minus(lead.compareTo(LONGEST_LEAD) < 0 ? lead : LONGEST_LEAD);
  }

  private void lookLater() {
    timer = vertx.setTimer(LOOK_EVERY.toMillis(), _ -> look());
  }

  private void look() {
    vertx
        .executeBlocking(() -> TlsSnapshot.of(target.tls()), false)
        .onComplete(
            now -> {
              if (closed) {
                return;
              }
              if (now.equals(current.files()) && clock.instant().isBefore(due)) {
                lookLater();
              } else {
                renew();
              }
            },
            this::notRenewed);
  }

  private void renew() {
    NodeConnection.open(vertx, target, timeout)
        .compose(fresh ->
            fresh
                .operate(PROBE, timeout)
                .onFailure(e -> fresh.close(Failures.of(e, target.name())))
                .map(fresh))
        .onComplete(this::renewed, this::notRenewed);
  }

  private void renewed(NodeConnection fresh) {
    if (closed) {
      fresh.close(new HsmException.DeviceUnavailable("this client is closed"));
      return;
    }
    LOG.info("event=connection_renewed node={}", target.name());
    NodeConnection old = current;
    current = fresh;
    due = due(fresh);
    lastFailure = "";
    fresh.onLost(this::lost);
    retiring.add(old);
    old.retire(() -> retiring.remove(old));
    lookLater();
  }

  private void notRenewed(Throwable failure) {
    if (closed) {
      return;
    }
    HsmException known = Failures.of(failure, target.name());
    if (isRefusedPeer(failure)) {
      // Revoked or expired by now: then it is not to be trusted on the old connection either.
      current.fail(known);
      return;
    }
    if (!known.text().equals(lastFailure)) {
      lastFailure = known.text();
      LOG.warn("event=connection_not_renewed node={} reason=\"{}\"", target.name(), lastFailure);
    }
    lookLater();
  }

  private static boolean isRefusedPeer(Throwable failure) {
    for (Throwable t = failure; t != null; t = t.getCause()) {
      if (t instanceof PeerRefused) {
        return true;
      }
    }
    return false;
  }

  private void lost(HsmException cause) {
    if (!closed) {
      end(cause);
      lostHandler.accept(cause);
    }
  }

  private void end(HsmException cause) {
    closed = true;
    vertx.cancelTimer(timer);
    Set.copyOf(retiring).forEach(old -> old.close(cause));
  }

  @Override
  public Future<Answer> operate(Operation operation, Duration limit) {
    return current.operate(operation, limit);
  }

  @Override
  public <Q, R> Future<R> call(ServiceMethod<R, Q> method, Q message, Duration limit) {
    return current.call(method, message, limit);
  }

  @Override
  public <Q, R> Future<R> call(
      ServiceMethod<R, Q> method, Q message, Duration limit, @Nullable String traceparent) {
    return current.call(method, message, limit, traceparent);
  }

  @Override
  public void onLost(Consumer<HsmException> handler) {
    lostHandler = handler;
    current.onLost(this::lost);
  }

  @Override
  public void close(HsmException cause) {
    if (!closed) {
      end(cause);
      current.close(cause);
    }
  }
}
