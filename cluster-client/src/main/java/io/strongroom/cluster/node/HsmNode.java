package io.strongroom.cluster.node;

import io.strongroom.cluster.Telemetry;
import io.strongroom.cluster.identity.SpiffeId;
import io.strongroom.cluster.link.OwnVertx;
import io.strongroom.cluster.sync.Reconciler;
import io.strongroom.hsm.Hsm;
import io.strongroom.hsm.HsmException;
import io.vertx.core.Vertx;
import java.net.InetSocketAddress;
import java.nio.file.Path;
import java.time.Clock;
import java.time.Duration;
import java.util.ArrayDeque;
import java.util.Deque;
import java.util.List;
import java.util.Map;
import java.util.concurrent.atomic.AtomicBoolean;
import java.util.stream.Collectors;
import org.jspecify.annotations.Nullable;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * A node that serves: one token behind gRPC over TLS 1.3, for callers with a certificate of the
 * cluster. It answers what {@code strongroom/node/v1/node.proto} says, and brings itself level with
 * its peers. Safe for use by many threads.
 */
public final class HsmNode implements AutoCloseable {
  private static final int NOT_LISTENING = 0;
  private static final Logger LOG = LoggerFactory.getLogger(HsmNode.class);
  private static final Duration DRAIN_LIMIT = Duration.ofSeconds(15);
  private static final Duration SHUTDOWN_LIMIT = Duration.ofSeconds(2);

  private final NodeConfig config;
  private final Peers peers;
  private final Telemetry telemetry;
  private final Deque<Runnable> ending = new ArrayDeque<>();
  private final AtomicBoolean closed = new AtomicBoolean();
  private final NodeCounters counters = new NodeCounters();
  private int port = NOT_LISTENING;
  private int metricsPort = NOT_LISTENING;

  private HsmNode(NodeConfig config, Peers peers, Telemetry telemetry) {
    this.config = config;
    this.peers = peers;
    this.telemetry = telemetry;
  }

  /**
   * The same as {@link #start(NodeConfig)} with what {@code node.yaml} says, which is read again
   * when it changes: its peers take effect at once, anything else at the next start.
   *
   * @throws HsmException.BadInput if the configuration is wrong, the certificate is not this
   *     node's, or the token has not joined a cluster
   * @throws HsmException.AccessDenied if the token refuses the PIN
   * @throws HsmException.DeviceUnavailable if the token, a folder or the address cannot be had
   */
  public static HsmNode start(Path nodeYaml) {
    NodeConfig config = NodeConfig.read(nodeYaml);
    return start(config, Peers.of(nodeYaml, config), Telemetry.ofProcess());
  }

  /**
   * Opens the token and its seals and serves them; returns when the node listens.
   *
   * @throws HsmException.BadInput if the configuration is wrong, the certificate is not this
   *     node's, or the token has not joined a cluster
   * @throws HsmException.AccessDenied if the token refuses the PIN, or refused the same one when
   *     the node was started before
   * @throws HsmException.DeviceUnavailable if the token, a folder or the address cannot be had
   */
  public static HsmNode start(NodeConfig config) {
    return start(config, Telemetry.ofProcess());
  }

  /**
   * The same, with meters or traces.
   *
   * @param telemetry where they go, beside the endpoint that the configuration may name
   * @throws HsmException.BadInput if the configuration is wrong, the certificate is not this
   *     node's, or the token has not joined a cluster
   * @throws HsmException.AccessDenied if the token refuses the PIN
   * @throws HsmException.DeviceUnavailable if the token, a folder or an address cannot be had
   */
  public static HsmNode start(NodeConfig config, Telemetry telemetry) {
    return start(config, Peers.of(config), telemetry);
  }

  private static HsmNode start(NodeConfig config, Peers peers, Telemetry telemetry) {
    requireOwnCertificate(config);
    HsmNode node = new HsmNode(config, peers, telemetry);
    try {
      node.open();
      return node;
    } catch (RuntimeException e) {
      node.close();
      throw e;
    }
  }

  private static void requireOwnCertificate(NodeConfig config) {
    SpiffeId actual = config.tls().identity();
    SpiffeId wanted = config.nodeId(config.name());
    if (!actual.equals(wanted)) {
      throw new HsmException.BadInput(
          config.certificate() + " is the certificate of " + actual + ", wanted " + wanted);
    }
  }

  private void open() {
    ending.push(FolderLock.take(config.seals())::close);
    SealStore seals = SealStore.open(config.seals());
    Hsm hsm = new PinGuard(config.seals(), config.hsm()).open();
    ending.push(hsm::close);
    Vault vault = Vault.open(hsm, seals, Clock.systemUTC());
    NodeThreads threads = NodeThreads.create(config.name(), config.sessions());
    ending.push(threads::close);
    Vertx vertx = OwnVertx.ofNode();
    ending.push(() -> vertx.close().toCompletionStage().toCompletableFuture().join());
    Drain drain = new Drain();
    NodeTelemetry observed = NodeTelemetry.of(telemetry, config);
    ending.push(observed::close);
    observed.keys(vault);
    observed.counters(counters);
    var engine =
        new NodeApi.Engine(
            new Operations(vault, config.name()),
            threads.workers(),
            threads.control(),
            drain,
            observed.observer(),
            new Refusals(counters, System::nanoTime));
    Callers callers = new Callers(vertx, config, engine.refusals(), Clock.systemUTC());
    NodeApi api = new NodeApi(config, peers, vault, callers, engine);
    NodeServer server = NodeServer.listen(vertx, config, callers, api, engine);
    ending.push(() -> server.shutdown(SHUTDOWN_LIMIT));
    ending.push(() -> drain(drain, api));
    port = server.port();
    metricsPort =
        observed.listen(vertx, () -> !hsm.load().isStuck(), () -> NodeServer.serving(engine));
    Reconciler reconciler = new Reconciler(vertx, config.tls(), vault, config.sync());
    ending.push(reconciler::close);
    peers.onChange(now -> {
      reconciler.peers(addresses(now));
      observed.peers(reconciler.rounds());
    });
    reconciler.start(addresses(peers.now()));
    observed.peers(reconciler.rounds());
    ending.push(peers::close);
    LOG.info(
        "event=serving node={} zone={} address={}:{} keys={}",
        config.name(),
        config.zone(),
        config.listen().getHostString(),
        port,
        vault.inventory().keys().size());
  }

  private Map<SpiffeId, InetSocketAddress> addresses(List<NodeConfig.Peer> now) {
    return now.stream()
        .collect(Collectors.toMap(peer -> config.nodeId(peer.name()), NodeConfig.Peer::address));
  }

  private static void drain(Drain drain, NodeApi api) {
    drain.begin();
    if (!drain.await(DRAIN_LIMIT)) {
      LOG.warn("event=not_drained after_seconds={}", DRAIN_LIMIT.toSeconds());
    }
    api.endStreams();
  }

  /** What the node has turned away and dropped, as it counts on. */
  public NodeCounters counters() {
    return counters;
  }

  /** The node's name. */
  public String name() {
    return config.name();
  }

  /** Where it listens; with the port it got where the configuration says 0. */
  public InetSocketAddress address() {
    return InetSocketAddress.createUnresolved(config.listen().getHostString(), port);
  }

  /** Where metrics and health are told; null where the configuration names no address for that. */
  public @Nullable InetSocketAddress metricsAddress() {
    InetSocketAddress wanted = config.metrics();
    return wanted == null
        ? null
        : InetSocketAddress.createUnresolved(wanted.getHostString(), metricsPort);
  }

  /**
   * Lets nothing new begin, answers what is outstanding, and ends. Idempotent; returns when all is
   * over, after 15 seconds and a little at the latest.
   */
  @Override
  public void close() {
    if (closed.getAndSet(true)) {
      return;
    }
    for (Runnable step : ending) {
      try {
        step.run();
      } catch (RuntimeException e) {
        LOG.warn("event=close_step_failed node={}", config.name(), e);
      }
    }
    if (port != NOT_LISTENING) {
      LOG.info("event=ended node={}", config.name());
    }
  }
}
