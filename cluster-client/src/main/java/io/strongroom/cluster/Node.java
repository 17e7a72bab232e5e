package io.strongroom.cluster;

import io.strongroom.cluster.balance.Attempt;
import io.strongroom.cluster.balance.Kind;
import io.strongroom.cluster.balance.Member;
import io.strongroom.cluster.balance.Outcome;
import io.strongroom.cluster.link.Connector;
import io.strongroom.cluster.link.NodeLink;
import io.strongroom.cluster.observe.Result;
import io.strongroom.cluster.wire.ErrorCodec;
import io.strongroom.cluster.wire.v1.Answer;
import io.strongroom.cluster.wire.v1.DescribeReply;
import io.strongroom.cluster.wire.v1.DescribeRequest;
import io.strongroom.cluster.wire.v1.InventoryReply;
import io.strongroom.cluster.wire.v1.InventoryRequest;
import io.strongroom.cluster.wire.v1.NodeGrpcClient;
import io.strongroom.cluster.wire.v1.Operation;
import io.strongroom.cluster.wire.v1.Probe;
import io.strongroom.hsm.HsmException;
import io.strongroom.hsm.KeyId;
import io.vertx.core.Future;
import io.vertx.core.Vertx;
import io.vertx.grpc.common.ServiceMethod;
import java.time.Duration;
import java.util.List;
import java.util.function.UnaryOperator;
import org.jspecify.annotations.Nullable;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * One node as a client keeps it: its connection, its load and health, what its token is and which
 * keys it holds. Keeps itself connected: while serving it is looked at every second, while ejected
 * it is probed less and less often.
 *
 * <p>Confined to one event loop, except what it says of itself as immutable values.
 */
final class Node {

  private static final Logger LOG = LoggerFactory.getLogger(Node.class);
  private static final Operation PROBE =
      Operation.newBuilder().setProbe(Probe.getDefaultInstance()).build();
  private static final Duration LOOK_EVERY = Duration.ofSeconds(1);

  /**
   * Of each step until a node serves: connecting, its first work, hearing what it holds. Between
   * processes that have just begun on a busy machine these take their time, and beginning anew
   * would take more. A node that is not there says so at once, and no one waits for one that is
   * silent.
   */
  static final Duration CONNECT_TIMEOUT = Duration.ofSeconds(15);

  private final Vertx vertx;
  private final Connector connector;
  private final Member member;
  private final Patience patience;
  private final KnownKeys known;
  private Runnable freed = () -> {};
  private Runnable changed = () -> {};
  private Attempts attempts = Attempts.UNTOLD;
  private @Nullable NodeLink connection;
  private @Nullable Future<Void> connecting;
  private long retryTimer = -1;
  private boolean everServed;
  private boolean answers;
  private boolean upToDate;
  private boolean closed;
  private volatile @Nullable DescribeReply description;
  private volatile @Nullable HsmException lastFailure;

  Node(Vertx vertx, Connector connector, Member member, Patience patience) {
    this.vertx = vertx;
    this.connector = connector;
    this.member = member;
    this.patience = patience;
    this.known = new KnownKeys(vertx);
  }

  /**
   * Says what to do when more can be done here, or other things.
   *
   * @param onFree the node may take one more operation
   * @param onOther it serves or does not any more, or holds other keys
   */
  void onChange(Runnable onFree, Runnable onOther) {
    freed = onFree;
    changed = onOther;
  }

  /** Says whom to tell of the attempts at this node. */
  void tell(Attempts listener) {
    attempts = listener;
  }

  /**
   * Connects, unless connected or connecting: opens the stream, has the token do a probe's work,
   * learns what it is and what it holds.
   */
  Future<Void> connect() {
    if (closed) {
      return Future.failedFuture(unavailable("this client is closed"));
    }
    if (member.serves()) {
      return Future.succeededFuture();
    }
    Future<Void> under = connecting;
    if (under != null) {
      return under;
    }
    answers = false;
    Future<Void> begun =
        connector
            .open(CONNECT_TIMEOUT)
            .compose(this::prove)
            .onSuccess(_ -> LOG.info("event=node_serving node={}", name()))
            .onFailure(this::unreachable);
    connecting = begun.isComplete() ? null : begun;
    begun.onComplete(_ -> connecting = null);
    return begun;
  }

  private Future<Void> prove(NodeLink opened) {
    return opened
        .operate(PROBE, CONNECT_TIMEOUT)
        .onSuccess(_ -> answers = true)
        .compose(this::unlessError)
        .compose(_ -> {
          if (closed) {
            return Future.failedFuture(unavailable("this client is closed"));
          }
          connection = opened;
          return refresh(CONNECT_TIMEOUT).onSuccess(_ -> begin(opened));
        })
        .onFailure(e -> {
          connection = null;
          opened.close(asHsm(e));
        })
        .mapEmpty();
  }

  private void begin(NodeLink opened) {
    if (closed) {
      opened.close(unavailable("this client is closed"));
      return;
    }
    opened.onLost(this::lost);
    if (everServed) {
      member.probed();
    } else {
      everServed = true;
      member.joined();
    }
    vertx.setTimer(LOOK_EVERY.toMillis(), _ -> look(opened));
    changed.run();
  }

  private void unreachable(Throwable failure) {
    if (closed) {
      return;
    }
    HsmException known = asHsm(failure);
    if (lastFailure == null || !known.text().equals(lastFailure.text())) {
      LOG.warn("event=node_unreachable node={} reason=\"{}\"", name(), known.text());
    }
    lastFailure = known;
    connectLater();
    member.probeFailed();
  }

  private void connectLater() {
    vertx.cancelTimer(retryTimer);
    retryTimer = vertx.setTimer(Math.max(1, member.untilProbe().toMillis()), _ -> connect());
  }

  /** While it serves: has the token work a little, and hears whether its keys have changed. */
  private void look(NodeLink seen) {
    if (connection != seen) {
      return;
    }
    Future.join(operate(PROBE, patience.look()).onFailure(e -> unfit(seen, e)), refresh())
        .onComplete(_ -> {
          if (connection == seen) {
            vertx.setTimer(LOOK_EVERY.toMillis(), _ -> look(seen));
          }
        });
  }

  /** What else it answers may hide that its token is of no use: out with it at once. */
  private void unfit(NodeLink seen, Throwable e) {
    if (connection == seen
        && e instanceof HsmException.DeviceUnavailable failure
        && member.lost()) {
      eject(seen, failure);
    }
  }

  /** Hears what the node is, and, if its keys have changed, which they are. */
  Future<Void> refresh() {
    return refresh(patience.look());
  }

  private Future<Void> refresh(Duration timeout) {
    return call(NodeGrpcClient.Describe, DescribeRequest.getDefaultInstance(), timeout)
        .compose(reply -> {
          if (reply.hasError()) {
            return Future.failedFuture(ErrorCodec.fromWire(reply.getError(), name()));
          }
          description = reply;
          member.sessions(reply.getSessions());
          var now = new Inventory.Version(reply.getInstance(), reply.getInventoryVersion());
          return known.isCurrent(now) ? Future.<Void>succeededFuture() : inventory(now, timeout);
        })
        .onComplete(heard -> upToDate = heard.succeeded());
  }

  private Future<Void> inventory(Inventory.Version described, Duration timeout) {
    return call(NodeGrpcClient.Inventory, InventoryRequest.getDefaultInstance(), timeout)
        .compose(reply ->
            reply.hasError()
                ? Future.<InventoryReply>failedFuture(ErrorCodec.fromWire(reply.getError(), name()))
                : Future.succeededFuture(reply))
        .map(reply -> {
          known.heard(described, reply);
          changed.run();
          return null;
        });
  }

  /** Makes a control call. */
  <Q, R> Future<R> call(ServiceMethod<R, Q> method, Q request, Duration timeout) {
    return call(method, request, timeout, null);
  }

  /** The same as a part of a trace, if there is one. */
  <Q, R> Future<R> call(
      ServiceMethod<R, Q> method, Q request, Duration timeout, @Nullable String traceparent) {
    NodeLink open = connection;
    return open == null
        ? Future.failedFuture(notConnected())
        : open.call(method, request, timeout, traceparent).onFailure(e -> lastFailure = asHsm(e));
  }

  /** Has the node do an operation; counts it for load and health. An error is a failure here. */
  Future<Answer> operate(Operation operation, Kind kind, Duration timeout) {
    NodeLink open = connection;
    if (open == null) {
      return Future.failedFuture(notConnected());
    }
    Attempt attempt = member.begin(kind);
    Attempts.Begun begun = attempts.begin(operation);
    return open.operate(operation, timeout)
        .compose(this::unlessError)
        .onComplete(
            _ -> {
              attempts.end(operation, Result.OK, begun);
              ended(open, attempt, Outcome.ANSWERED, null);
            },
            e -> {
              attempts.end(operation, Result.of(e), begun);
              HsmException cause = asHsm(e);
              ended(
                  open,
                  attempt,
                  Illness.outcome(cause, connection != open, patience.tells(timeout)),
                  cause);
            });
  }

  /** The same for an operation that routing has not chosen this node for. */
  Future<Answer> operate(Operation operation, Duration timeout) {
    return operate(operation, WorkKind.of(operation), timeout);
  }

  private void ended(
      NodeLink open, Attempt attempt, Outcome outcome, @Nullable HsmException failure) {
    boolean ejected = attempt.end(outcome);
    if (failure != null && outcome != Outcome.REFUSED) {
      lastFailure = failure;
    }
    if (ejected && failure != null && connection == open) {
      eject(open, failure);
    } else {
      freed.run();
    }
    if (outcome == Outcome.THROTTLED) {
      vertx.setTimer(Math.max(1, member.pause().plusMillis(1).toMillis()), _ -> freed.run());
    }
  }

  /** Whatever else is outstanding there has little hope: it fails over now. */
  private void eject(NodeLink open, HsmException failure) {
    connection = null;
    LOG.warn("event=node_ejected node={} reason=\"{}\"", name(), failure.text());
    open.close(unavailable("taken out after " + failure.text()));
    connectLater();
    changed.run();
  }

  /** Another node has shown that this answer was wrong. */
  void contradicted(HsmException wrong) {
    LOG.warn("event=device_contradicted node={} reason=\"{}\"", name(), wrong.text());
    NodeLink open = connection;
    if (member.contradicted() && open != null) {
      eject(open, wrong);
    }
  }

  private Future<Answer> unlessError(Answer answer) {
    return answer.hasError()
        ? Future.failedFuture(Illness.of(ErrorCodec.fromWire(answer.getError(), name())))
        : Future.succeededFuture(answer);
  }

  private void lost(HsmException cause) {
    LOG.warn("event=node_lost node={} reason=\"{}\"", name(), cause.text());
    connection = null;
    lastFailure = cause;
    if (member.lost()) {
      connectLater();
    }
    changed.run();
  }

  /** What is known of its keys. */
  KnownKeys known() {
    return known;
  }

  /** Corrects or completes what is known of the node's keys. */
  void amend(UnaryOperator<Inventory> change) {
    known.amend(change);
  }

  /** Ends the connection; what is outstanding fails. None is begun any more. */
  Future<Void> close() {
    closed = true;
    vertx.cancelTimer(retryTimer);
    NodeLink open = connection;
    connection = null;
    if (open != null) {
      open.close(unavailable("this client is closed"));
    }
    return connector.close();
  }

  String name() {
    return member.name();
  }

  Member member() {
    return member;
  }

  boolean holds(KeyId id) {
    return inventory().holds(id);
  }

  /** Whether its keys were ever heard of. */
  boolean isKnown() {
    return description != null;
  }

  /** Whether it is connected, and its keys were heard of when it was last asked. */
  boolean isUpToDate() {
    return connection != null && upToDate;
  }

  /** Whether it could be reached at the last try, though its token may not have worked. */
  boolean answers() {
    return answers;
  }

  boolean isConnected() {
    return connection != null;
  }

  Inventory inventory() {
    return known.inventory();
  }

  @Nullable DescribeReply description() {
    return description;
  }

  /** What went wrong last; null if it serves and nothing has. */
  @Nullable String lastFailure() {
    HsmException failure = lastFailure;
    return failure != null
        ? failure.text()
        : member.serves() ? null : "node \"" + name() + "\": has not answered yet";
  }

  static List<String> names(List<Node> nodes) {
    return nodes.stream().map(Node::name).sorted().toList();
  }

  private HsmException asHsm(Throwable failure) {
    return failure instanceof HsmException known ? known : unavailable(failure.toString());
  }

  private HsmException notConnected() {
    HsmException failure = lastFailure;
    return failure == null ? unavailable("not connected") : failure;
  }

  private HsmException unavailable(String reason) {
    return new HsmException.DeviceUnavailable(
        "node \"" + name() + "\": " + reason, null, null, name());
  }
}
