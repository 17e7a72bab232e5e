package io.strongroom.places;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import io.netty.bootstrap.Bootstrap;
import io.netty.bootstrap.ServerBootstrap;
import io.netty.channel.Channel;
import io.netty.channel.ChannelInitializer;
import io.netty.channel.EventLoopGroup;
import io.netty.channel.MultiThreadIoEventLoopGroup;
import io.netty.channel.nio.NioIoHandler;
import io.netty.channel.socket.nio.NioServerSocketChannel;
import io.netty.channel.socket.nio.NioSocketChannel;
import io.netty.handler.ssl.SslContext;
import io.netty.handler.ssl.SslContextBuilder;
import io.netty.handler.ssl.SslHandler;
import io.netty.handler.ssl.SslProvider;
import io.strongroom.places.Pki.Identity;
import io.strongroom.softhsm.SoftHsmExtension;
import io.strongroom.softhsm.SoftHsmToken;
import io.vertx.core.Future;
import io.vertx.core.Vertx;
import io.vertx.core.http.HttpClientOptions;
import io.vertx.core.http.HttpMethod;
import io.vertx.core.http.HttpServer;
import io.vertx.core.net.KeyCertOptions;
import io.vertx.core.net.TrustOptions;
import java.net.InetAddress;
import java.net.InetSocketAddress;
import java.util.List;
import java.util.concurrent.TimeUnit;
import java.util.function.Function;
import java.util.stream.IntStream;
import org.junit.jupiter.api.AfterAll;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.TestInstance;
import org.junit.jupiter.api.extension.ExtendWith;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;

/** Netty and Vert.x, both sides authenticated with private keys in the token. */
@ExtendWith(SoftHsmExtension.class)
@TestInstance(TestInstance.Lifecycle.PER_CLASS)
class EventLoopsTest {

  private static final int SECONDS = 60;

  private Pki pki;

  @BeforeAll
  void open(SoftHsmToken token) throws Exception {
    pki = new Pki(token);
    pki.register(Place.LAST);
  }

  @AfterAll
  void close() {
    pki.close();
  }

  @ParameterizedTest
  @CsvSource({"RSA, 2048", "EC, 256", "EC, 384"})
  void netty_withItsKeyInTheToken_authenticatesBothSides(String family, int bits) throws Exception {
    Identity server = pki.identity("netty", family, bits);
    Identity client = pki.identity("client", family, bits);
    SslContext serverTls =
        NettyExample.server(pki.provider, server.key(), server.chain(), pki.trust());
    SslContext clientTls =
        SslContextBuilder.forClient()
            .sslProvider(SslProvider.JDK)
            .keyManager(pki.provider.keyManager(client.key(), client.chain()))
            .trustManager(pki.trust())
            .build();
    EventLoopGroup loops = new MultiThreadIoEventLoopGroup(2, NioIoHandler.newFactory());
    try {
      Channel listening =
          new ServerBootstrap()
              .group(loops)
              .channel(NioServerSocketChannel.class)
              .childHandler(handler(accepted -> serverTls.newHandler(accepted.alloc())))
              .bind(InetAddress.getLoopbackAddress(), 0)
              .sync()
              .channel();
      Channel channel =
          new Bootstrap()
              .group(loops)
              .channel(NioSocketChannel.class)
              .handler(handler(opened -> clientTls.newHandler(opened.alloc(), "localhost", 0)))
              .connect((InetSocketAddress) listening.localAddress())
              .sync()
              .channel();
      SslHandler tls = channel.pipeline().get(SslHandler.class);
      assertThat(tls.handshakeFuture().await(SECONDS, TimeUnit.SECONDS)).isTrue();
      assertThat(tls.handshakeFuture().cause()).isNull();
      assertThat(tls.engine().getSession().getPeerCertificates()).containsExactly(server.chain());
      assertThat(tls.engine().getSession().getLocalCertificates()).containsExactly(client.chain());
    } finally {
      loops.shutdownGracefully(0, 5, TimeUnit.SECONDS).sync();
    }
  }

  private static ChannelInitializer<Channel> handler(Function<Channel, SslHandler> tls) {
    return new ChannelInitializer<>() {
      @Override
      protected void initChannel(Channel channel) {
        SslHandler handler = tls.apply(channel);
        handler.setHandshakeTimeout(SECONDS, TimeUnit.SECONDS);
        channel.pipeline().addLast(handler);
      }
    };
  }

  @Test
  void netty_givenTheBareKey_cannotCopyItIntoAKeyStoreOfItsOwn() throws Exception {
    Identity server = pki.identity("bare", "EC", 256);
    assertThatThrownBy(() ->
            SslContextBuilder.forServer(server.key(), server.chain())
                .sslProvider(SslProvider.JDK)
                .build())
        .as("README.md says to give a key manager")
        .isInstanceOf(Exception.class);
  }

  @ParameterizedTest
  @CsvSource({"RSA, 2048", "EC, 256", "EC, 384"})
  void vertx_withItsKeyInTheToken_answersManyRequests(String family, int bits) throws Exception {
    Identity server = pki.identity("vertx", family, bits);
    Identity client = pki.identity("client", family, bits);
    Vertx vertx = Vertx.vertx();
    try {
      HttpServer listening =
          await(
              vertx
                  .createHttpServer(
                      VertxExample.server(pki.provider, server.key(), server.chain(), pki.trust())
                          .setSslHandshakeTimeout(SECONDS))
                  .requestHandler(request -> request.response().end("hello"))
                  .listen(0, "localhost"));
      var http =
          vertx.createHttpClient(
              new HttpClientOptions()
                  .setSsl(true)
                  .setSslHandshakeTimeout(SECONDS)
                  .setKeepAlive(false) // a handshake for each request
                  .setKeyCertOptions(
                      KeyCertOptions.wrap(pki.provider.keyManager(client.key(), client.chain())))
                  .setTrustOptions(TrustOptions.wrap(pki.trust())));
      List<Future<String>> answers =
          IntStream.range(0, 20)
              .mapToObj(i ->
                  http.request(HttpMethod.GET, listening.actualPort(), "localhost", "/")
                      .compose(request -> request.send())
                      .compose(response -> response.body())
                      .map(body -> body.toString()))
              .toList();
      await(Future.all(answers));
      assertThat(answers).allMatch(answer -> answer.result().equals("hello"));
    } finally {
      await(vertx.close());
    }
    assertThat(pki.sessionKeys()).isZero();
  }

  private static <T> T await(Future<T> future) throws Exception {
    return future.toCompletionStage().toCompletableFuture().get(SECONDS, TimeUnit.SECONDS);
  }
}
