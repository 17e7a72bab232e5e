package io.strongroom.benchmarks.cluster;

import io.strongroom.cluster.ClusterConfig;
import io.strongroom.cluster.ClusterDriver;
import io.vertx.core.Vertx;
import io.vertx.core.buffer.Buffer;
import io.vertx.core.http.ClientAuth;
import io.vertx.core.net.NetClientOptions;
import io.vertx.core.net.NetServerOptions;
import io.vertx.core.net.NetSocket;
import java.util.List;
import java.util.Locale;
import java.util.concurrent.CompletableFuture;

/**
 * What the network alone costs: a kilobyte there and back between two processes, plain and by TLS
 * with the cluster's certificates. {@code EchoFloor CLUSTER-URL} is the process that echoes.
 */
final class EchoFloor implements AutoCloseable {
  private static final int BYTES = 1024;

  private final Vertx vertx = Vertx.vertx();
  private final Process process;
  private final ClusterConfig config;
  private final int plainPort;
  private final int tlsPort;

  private EchoFloor(Process process, ClusterConfig config, String ports) {
    this.process = process;
    this.config = config;
    String[] numbers = ports.split(" ");
    this.plainPort = Integer.parseInt(numbers[0]);
    this.tlsPort = Integer.parseInt(numbers[1]);
  }

  /** Echoes until standard input ends. */
  public static void main(String[] arguments) throws Exception {
    Vertx vertx = Vertx.vertx();
    ClusterConfig config = ClusterDriver.config(arguments[0]);
    NetServerOptions tls =
        new NetServerOptions()
            .setSsl(true)
            .setClientAuth(ClientAuth.REQUIRED)
            .setKeyCertOptions(Tls.nodeIdentity(config))
            .setTrustOptions(Tls.trust(config));
    tls.setEnabledSecureTransportProtocols(Tls.PROTOCOLS);
    System.out.println(listen(vertx, new NetServerOptions()) + " " + listen(vertx, tls));
    System.in.readAllBytes();
    vertx.close().toCompletionStage().toCompletableFuture().get();
  }

  private static int listen(Vertx vertx, NetServerOptions options) throws Exception {
    return vertx
        .createNetServer(options.setHost("127.0.0.1").setPort(0).setTcpNoDelay(true))
        .connectHandler(socket -> socket.handler(socket::write))
        .listen()
        .toCompletionStage()
        .toCompletableFuture()
        .get()
        .actualPort();
  }

  static EchoFloor start(String clusterUrl) throws Exception {
    Process process =
        Jvm.of(EchoFloor.class.getName(), List.of(clusterUrl))
            .redirectError(ProcessBuilder.Redirect.INHERIT)
            .start();
    String ports = process.inputReader().readLine();
    if (ports == null) {
      throw new IllegalStateException("the process that echoes has ended; see above");
    }
    return new EchoFloor(process, ClusterDriver.config(clusterUrl), ports);
  }

  /** The median of so many plain echoes, in nanoseconds. */
  long plainNanos(int echoes) throws Exception {
    return median(new NetClientOptions(), plainPort, echoes);
  }

  /** The median of so many echoes through TLS, in nanoseconds. */
  long tlsNanos(int echoes) throws Exception {
    NetClientOptions tls =
        new NetClientOptions()
            .setSsl(true)
            .setHostnameVerificationAlgorithm("")
            .setKeyCertOptions(Tls.identity(config))
            .setTrustOptions(Tls.trust(config));
    tls.setEnabledSecureTransportProtocols(Tls.PROTOCOLS);
    return median(tls, tlsPort, echoes);
  }

  private long median(NetClientOptions options, int port, int echoes) throws Exception {
    CompletableFuture<Samples> done = new CompletableFuture<>();
    vertx
        .createNetClient(options.setTcpNoDelay(true))
        .connect(port, "127.0.0.1")
        .onSuccess(socket -> new Echoes(socket, echoes, done).next())
        .onFailure(done::completeExceptionally);
    Samples samples = done.get();
    // The first half warms up.
    return samples.between(samples.endNanos(samples.size() / 2), Long.MAX_VALUE).quantileNanos(0.5);
  }

  private static final class Echoes {
    private final NetSocket socket;
    private final int wanted;
    private final CompletableFuture<Samples> done;
    private final Samples samples = new Samples();
    private final Buffer message = Buffer.buffer(new byte[BYTES]);
    private long start;
    private int received;

    Echoes(NetSocket socket, int wanted, CompletableFuture<Samples> done) {
      this.socket = socket;
      this.wanted = wanted;
      this.done = done;
      socket.handler(this::received);
      socket.exceptionHandler(done::completeExceptionally);
    }

    void next() {
      received = 0;
      start = System.nanoTime();
      socket.write(message);
    }

    private void received(Buffer part) {
      received += part.length();
      if (received < BYTES) {
        return;
      }
      samples.add(start, System.nanoTime(), false);
      if (samples.size() < wanted) {
        next();
      } else {
        done.complete(samples);
        socket.close();
      }
    }
  }

  @Override
  public void close() {
    process.destroy();
    process.onExit().join();
    vertx.close().toCompletionStage().toCompletableFuture().join();
  }

  /** Both medians, in words. */
  static String text(long plainNanos, long tlsNanos) {
    return String.format(Locale.ROOT, "TCP %.0f µs, TLS %.0f µs", plainNanos / 1e3, tlsNanos / 1e3);
  }
}
