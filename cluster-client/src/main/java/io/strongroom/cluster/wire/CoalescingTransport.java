package io.strongroom.cluster.wire;

import io.netty.channel.Channel;
import io.netty.channel.ChannelFactory;
import io.netty.channel.ChannelHandlerContext;
import io.netty.channel.ChannelOutboundHandlerAdapter;
import io.netty.channel.IoHandlerFactory;
import io.netty.channel.ServerChannel;
import io.netty.channel.socket.DatagramChannel;
import io.netty.channel.socket.InternetProtocolFamily;
import io.netty.channel.socket.nio.NioServerSocketChannel;
import io.netty.channel.socket.nio.NioSocketChannel;
import io.netty.handler.flush.FlushConsolidationHandler;
import io.netty.handler.ssl.SslHandler;
import io.vertx.core.transport.Transport;
import java.util.List;

/**
 * TCP whose connections send what one turn of their event loop has written together: in one TLS
 * record and one system call, where Vert.x makes one of each for every message. With many
 * operations outstanding that was most of what an operation cost; a lone one is not held up, since
 * what is written goes out before the loop looks for anything else to do.
 */
public final class CoalescingTransport implements Transport {

  // Well over all that can be outstanding: the end of the turn comes first.
  private static final int MOST_FLUSHES = 1024;

  /** For {@code VertxBuilder.withTransport}. */
  public CoalescingTransport() {}

  @Override
  public String name() {
    return "coalescing-nio";
  }

  @Override
  public boolean available() {
    return true;
  }

  @Override
  public Throwable unavailabilityCause() {
    return NIO.unavailabilityCause();
  }

  @Override
  public io.vertx.core.spi.transport.Transport implementation() {
    return new Nio(NIO.implementation());
  }

  private record Nio(io.vertx.core.spi.transport.Transport base)
      implements io.vertx.core.spi.transport.Transport {

    @Override
    public IoHandlerFactory ioHandlerFactory() {
      return base.ioHandlerFactory();
    }

    @Override
    public DatagramChannel datagramChannel() {
      return base.datagramChannel();
    }

    @Override
    public DatagramChannel datagramChannel(InternetProtocolFamily family) {
      return base.datagramChannel(family);
    }

    @Override
    public ChannelFactory<? extends Channel> channelFactory(boolean domainSocket) {
      return domainSocket ? base.channelFactory(true) : () -> coalescing(new NioSocketChannel());
    }

    @Override
    public ChannelFactory<? extends ServerChannel> serverChannelFactory(boolean domainSocket) {
      return domainSocket ? base.serverChannelFactory(true) : CoalescingServer::new;
    }
  }

  private static final class CoalescingServer extends NioServerSocketChannel {
    @Override
    protected int doReadMessages(List<Object> accepted) throws Exception {
      int count = super.doReadMessages(accepted);
      for (Object channel :
          accepted.subList(accepted.size() - Math.max(0, count), accepted.size())) {
        coalescing((Channel) channel);
      }
      return count;
    }
  }

  private static <C extends Channel> C coalescing(C channel) {
    channel.pipeline().addFirst(new Inserter());
    return channel;
  }

  /**
   * Puts the handler behind TLS, which the pipeline gets later: what comes to TLS together becomes
   * one record. Is gone after the first flush.
   */
  private static final class Inserter extends ChannelOutboundHandlerAdapter {
    @Override
    public void flush(ChannelHandlerContext context) {
      ChannelHandlerContext tls = context.pipeline().context(SslHandler.class);
      var handler = new FlushConsolidationHandler(MOST_FLUSHES, true);
      if (tls == null) {
        context.pipeline().addAfter(context.name(), null, handler);
      } else {
        context.pipeline().addAfter(tls.name(), null, handler);
      }
      context.flush();
      context.pipeline().remove(this);
    }
  }
}
