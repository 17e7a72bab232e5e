package io.strongroom.cluster.sync;

import io.strongroom.cluster.identity.SpiffeId;
import io.strongroom.cluster.identity.TlsFiles;
import io.strongroom.cluster.wire.ErrorCodec;
import io.strongroom.cluster.wire.KeyCodec;
import io.strongroom.cluster.wire.Limits;
import io.strongroom.cluster.wire.v1.DescribeReply;
import io.strongroom.cluster.wire.v1.DescribeRequest;
import io.strongroom.cluster.wire.v1.Error;
import io.strongroom.cluster.wire.v1.GetSealRequest;
import io.strongroom.cluster.wire.v1.InventoryReply;
import io.strongroom.cluster.wire.v1.InventoryRequest;
import io.strongroom.cluster.wire.v1.NodeGrpcClient;
import io.strongroom.cluster.wire.v1.Seal;
import io.strongroom.cluster.wire.v1.SealReply;
import io.strongroom.hsm.HsmException;
import io.strongroom.hsm.KeyId;
import io.vertx.core.Future;
import io.vertx.core.Vertx;
import io.vertx.core.net.SocketAddress;
import io.vertx.grpc.client.GrpcClient;
import io.vertx.grpc.client.GrpcClientOptions;
import io.vertx.grpc.client.GrpcClientRequest;
import io.vertx.grpc.client.GrpcClientResponse;
import io.vertx.grpc.common.ServiceMethod;
import java.net.InetSocketAddress;
import java.time.Duration;
import java.util.concurrent.ExecutionException;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.TimeoutException;

/** Asks one peer what reconciliation needs to know. Blocks; for one thread. */
final class PeerClient implements AutoCloseable {
  private static final Duration TCP_CONNECT_LIMIT = Duration.ofSeconds(5);
  // Between nodes that have just begun on a busy machine the handshake takes its time.
  private static final Duration CONNECT_LIMIT = Duration.ofSeconds(15);
  private static final Duration CALL_LIMIT = Duration.ofSeconds(10);

  private final String name;
  private final GrpcClient client;
  private final SocketAddress address;

  PeerClient(Vertx vertx, TlsFiles tls, SpiffeId peer, InetSocketAddress address) {
    this.name = peer.name();
    this.client =
        GrpcClient.client(
            vertx,
            new GrpcClientOptions().setMaxMessageSize(Limits.REPLY_BYTES),
            tls.clientOptions(peer)
                .setConnectTimeout((int) TCP_CONNECT_LIMIT.toMillis())
                .setSslHandshakeTimeout(CONNECT_LIMIT.toMillis())
                .setSslHandshakeTimeoutUnit(TimeUnit.MILLISECONDS));
    this.address = SocketAddress.inetSocketAddress(address.getPort(), address.getHostString());
  }

  DescribeReply describe() {
    DescribeReply reply = call(NodeGrpcClient.Describe, DescribeRequest.getDefaultInstance());
    return checked(reply, reply.hasError(), reply.getError());
  }

  InventoryReply inventory() {
    InventoryReply reply = call(NodeGrpcClient.Inventory, InventoryRequest.getDefaultInstance());
    return checked(reply, reply.hasError(), reply.getError());
  }

  Seal seal(KeyId id) {
    GetSealRequest request = GetSealRequest.newBuilder().setId(KeyCodec.toWire(id)).build();
    SealReply reply = call(NodeGrpcClient.GetSeal, request);
    return checked(reply, reply.hasError(), reply.getError()).getSeal();
  }

  private <T> T checked(T reply, boolean failed, Error error) {
    if (failed) {
      throw ErrorCodec.fromWire(error, name);
    }
    return reply;
  }

  private <Q, R> R call(ServiceMethod<R, Q> method, Q message) {
    Future<GrpcClientRequest<Q, R>> opening = client.request(address, method);
    try {
      GrpcClientRequest<Q, R> request = await(opening, CONNECT_LIMIT);
      return await(request.send(message).compose(GrpcClientResponse::last), CALL_LIMIT);
    } catch (HsmException e) {
      opening.onSuccess(GrpcClientRequest::cancel);
      throw e;
    }
  }

  private <T> T await(Future<T> reply, Duration limit) {
    try {
      return reply
          .toCompletionStage()
          .toCompletableFuture()
          .get(limit.toMillis(), TimeUnit.MILLISECONDS);
    } catch (InterruptedException e) {
      Thread.currentThread().interrupt();
      throw unavailable("interrupted", e);
    } catch (TimeoutException e) {
      throw unavailable("no answer within " + limit.toSeconds() + " s", e);
    } catch (ExecutionException e) {
      Throwable cause = e.getCause() == null ? e : e.getCause();
      throw unavailable(String.valueOf(cause.getMessage()), cause);
    }
  }

  private HsmException unavailable(String reason, Throwable cause) {
    return new HsmException.DeviceUnavailable(
        "node \"" + name + "\" does not answer: " + reason, cause, null, name);
  }

  @Override
  public void close() {
    client.close();
  }
}
