package io.strongroom.cluster.link;

import io.strongroom.cluster.identity.Pem;
import io.strongroom.cluster.identity.Purpose;
import io.strongroom.cluster.identity.TlsSnapshot;
import io.strongroom.cluster.observe.Traces;
import io.strongroom.cluster.wire.Limits;
import io.strongroom.cluster.wire.v1.Answer;
import io.strongroom.cluster.wire.v1.NodeGrpcClient;
import io.strongroom.cluster.wire.v1.Operation;
import io.strongroom.hsm.HsmException;
import io.vertx.core.Future;
import io.vertx.core.Promise;
import io.vertx.core.Vertx;
import io.vertx.core.http.Http2Settings;
import io.vertx.core.http.HttpClientOptions;
import io.vertx.core.http.HttpConnection;
import io.vertx.core.net.SocketAddress;
import io.vertx.grpc.client.GrpcClient;
import io.vertx.grpc.client.GrpcClientOptions;
import io.vertx.grpc.client.GrpcClientRequest;
import io.vertx.grpc.client.GrpcClientResponse;
import io.vertx.grpc.client.InvalidStatusException;
import io.vertx.grpc.common.GrpcStatus;
import io.vertx.grpc.common.ServiceMethod;
import java.nio.channels.ClosedChannelException;
import java.security.cert.X509Certificate;
import java.time.Duration;
import java.time.Instant;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.concurrent.TimeUnit;
import java.util.function.Consumer;
import javax.net.ssl.SSLPeerUnverifiedException;
import org.jspecify.annotations.Nullable;

/** One connection to one remote node, with one stream of operations on it. */
final class NodeConnection implements NodeLink {

  private static final int INITIAL_WINDOW_BYTES = 2 * Limits.MESSAGE_BYTES;
  private static final int CONNECTION_WINDOW_BYTES = 16 * Limits.MESSAGE_BYTES;
  // Its system answers even for a busy node; after this, packets were lost, and new ones go sooner.
  private static final Duration TCP_CONNECT_TIMEOUT = Duration.ofSeconds(5);
  // An inventory is the one message that grows with the number of keys.
  private static final int MAX_REPLY_BYTES = 32 * Limits.MESSAGE_BYTES;

  private final Vertx vertx;
  private final Target target;
  private final GrpcClient client;
  private final SocketAddress address;
  private final Map<Long, Promise<Answer>> outstanding = new HashMap<>();
  private Consumer<HsmException> lostHandler = cause -> {};
  private @Nullable GrpcClientRequest<Operation, Answer> stream;
  private @Nullable Throwable transportFailure;
  private @Nullable HsmException lost;
  private final TlsSnapshot files;
  private Instant certificatesEnd;
  private Runnable retired = () -> {};
  private boolean retiring;
  private int calls;
  private long lastId;

  /** What was read from the files. */
  private record Prepared(TlsSnapshot files, Instant ownEnd, HttpClientOptions options) {
    static Prepared of(Target target) {
      TlsSnapshot files = TlsSnapshot.of(target.tls());
      X509Certificate own = Pem.readCertificate(target.tls().certificate());
      return new Prepared(
          files, own.getNotAfter().toInstant(), target.tls().clientOptions(target.id()));
    }
  }

  private NodeConnection(Vertx vertx, Target target, Prepared prepared) {
    this.vertx = vertx;
    this.target = target;
    this.files = prepared.files();
    this.certificatesEnd = prepared.ownEnd();
    this.address = SocketAddress.inetSocketAddress(target.port(), target.host());
    this.client =
        GrpcClient.builder(vertx)
            .with(new GrpcClientOptions().setMaxMessageSize(MAX_REPLY_BYTES))
            .with(prepared.options())
            .build();
  }

  /**
   * Connects, checks who the node is, and opens the stream. The stream is known to work only once
   * an operation was answered.
   *
   * @param timeout how long connecting may take
   */
  static Future<NodeConnection> open(Vertx vertx, Target target, Duration timeout) {
    return vertx
        .executeBlocking(() -> Prepared.of(target), false)
        .compose(prepared -> {
          HttpClientOptions options = prepared.options();
          options
              .setConnectTimeout(Math.toIntExact(TCP_CONNECT_TIMEOUT.toMillis()))
              .setSslHandshakeTimeout(timeout.toMillis())
              .setSslHandshakeTimeoutUnit(TimeUnit.MILLISECONDS)
              .setInitialSettings(new Http2Settings().setInitialWindowSize(INITIAL_WINDOW_BYTES))
              .setHttp2ConnectionWindowSize(CONNECTION_WINDOW_BYTES);
          NodeConnection connection = new NodeConnection(vertx, target, prepared);
          return connection
              .client
              .request(connection.address, NodeGrpcClient.Operate)
              .timeout(timeout.toMillis(), TimeUnit.MILLISECONDS)
              .map(connection::attach)
              .onFailure(connection::lose);
        })
        .recover(e -> explain(vertx, target, e));
  }

  private static <T> Future<T> explain(Vertx vertx, Target target, Throwable failure) {
    return vertx
        .executeBlocking(() -> target.tls().ownFault(Purpose.CLIENT), false)
        .otherwiseEmpty()
        .compose(fault -> Future.failedFuture(Failures.connecting(failure, target.name(), fault)));
  }

  private NodeConnection attach(GrpcClientRequest<Operation, Answer> request) {
    stream = request;
    noteEnd(request.connection());
    request.exceptionHandler(this::lose);
    request.connection().exceptionHandler(e -> transportFailure = e);
    request.connection().closeHandler(_ -> lose(new ClosedChannelException()));
    request.response().onSuccess(this::listen).onFailure(this::lose);
    return this;
  }

  private void noteEnd(HttpConnection connection) {
    try {
      var peer = (X509Certificate) connection.peerCertificates().getFirst();
      Instant end = peer.getNotAfter().toInstant();
      certificatesEnd = end.isBefore(certificatesEnd) ? end : certificatesEnd;
    } catch (SSLPeerUnverifiedException e) {
      throw new IllegalStateException("the node shows no certificate", e);
    }
  }

  /** The certificate files that it was opened with. */
  TlsSnapshot files() {
    return files;
  }

  /** When the first of both sides' certificates ends. */
  Instant certificatesEnd() {
    return certificatesEnd;
  }

  /** Closes the connection once everything on it is answered; nothing new is to be sent on it. */
  void retire(Runnable whenClosed) {
    lostHandler = ignored -> {};
    retired = whenClosed;
    retiring = true;
    closeIfIdle();
  }

  private void closeIfIdle() {
    if (retiring && outstanding.isEmpty() && calls == 0) {
      lose(new ClosedChannelException());
    }
  }

  /** Closes the connection for a reason that its user is to hear of. */
  void fail(HsmException cause) {
    lose(cause);
  }

  private void listen(GrpcClientResponse<Operation, Answer> response) {
    response
        .exceptionHandler(this::lose)
        .endHandler(_ -> lose(ended(response.status())))
        .handler(this::answered);
  }

  private static Throwable ended(@Nullable GrpcStatus status) {
    return status == null || status == GrpcStatus.OK
        ? new ClosedChannelException()
        : new InvalidStatusException(GrpcStatus.OK, status);
  }

  private void answered(Answer answer) {
    Promise<Answer> promise = outstanding.remove(answer.getId());
    // None: it came after its timeout.
    if (promise != null) {
      promise.tryComplete(answer);
      closeIfIdle();
    }
  }

  @Override
  public void onLost(Consumer<HsmException> handler) {
    lostHandler = handler;
    if (lost != null) {
      handler.accept(lost);
    }
  }

  @Override
  public Future<Answer> operate(Operation operation, Duration timeout) {
    GrpcClientRequest<Operation, Answer> open = stream;
    if (lost != null || open == null) {
      return Future.failedFuture(
          lost == null ? Failures.of(new ClosedChannelException(), target.name()) : lost);
    }
    long id = ++lastId;
    long millis = Math.clamp(timeout.toMillis(), 1, Limits.DEADLINE_MILLIS);
    Promise<Answer> promise = Promise.promise();
    outstanding.put(id, promise);
    open.write(operation.toBuilder().setId(id).setDeadlineMillis((int) millis).build())
        .onFailure(this::lose);
    long timer = vertx.setTimer(millis, _ -> expire(id, millis));
    return promise.future().onComplete(_ -> vertx.cancelTimer(timer));
  }

  private void expire(long id, long millis) {
    Promise<Answer> promise = outstanding.remove(id);
    if (promise != null) {
      promise.tryFail(
          new HsmException.DeadlineExceeded(
              "node \"" + target.name() + "\" did not answer within " + millis + " ms",
              null,
              null,
              target.name()));
      closeIfIdle();
    }
  }

  @Override
  public <Q, R> Future<R> call(ServiceMethod<R, Q> method, Q message, Duration timeout) {
    return call(method, message, timeout, null);
  }

  @Override
  public <Q, R> Future<R> call(
      ServiceMethod<R, Q> method, Q message, Duration timeout, @Nullable String traceparent) {
    calls++;
    return client
        .request(address, method)
        .recover(e -> Future.failedFuture(new NothingSent(e)))
        .compose(request -> {
          if (traceparent != null) {
            request.headers().set(Traces.FIELD, traceparent);
          }
          return request
              .send(message)
              .compose(GrpcClientResponse::last)
              .timeout(timeout.toMillis(), TimeUnit.MILLISECONDS)
              .onFailure(_ -> request.cancel());
        })
        .recover(e -> Future.failedFuture(Failures.of(e, target.name())))
        .onComplete(_ -> {
          calls--;
          closeIfIdle();
        });
  }

  @Override
  public void close(HsmException cause) {
    if (lost == null) {
      lostHandler = ignored -> {};
      lose(cause);
    }
  }

  private void lose(Throwable cause) {
    if (lost != null) {
      return;
    }
    Throwable first = transportFailure == null ? cause : transportFailure;
    HsmException failure = Failures.of(first, target.name());
    lost = failure;
    List<Promise<Answer>> failed = List.copyOf(outstanding.values());
    outstanding.clear();
    client.close();
    retired.run();
    // First the one who routes, so that what fails now does not come back here.
    lostHandler.accept(failure);
    failed.forEach(promise -> promise.tryFail(failure));
  }
}
