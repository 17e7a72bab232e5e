package io.strongroom.cluster;

import io.strongroom.hsm.HsmException;
import io.strongroom.hsm.KeyInfo;
import io.vertx.core.Future;
import io.vertx.core.Promise;
import io.vertx.core.VerticleBase;
import io.vertx.core.Vertx;
import java.security.SecureRandom;
import java.time.Duration;
import java.util.HashSet;
import java.util.List;
import java.util.Optional;
import java.util.Set;
import java.util.SplittableRandom;
import java.util.concurrent.RejectedExecutionException;
import java.util.concurrent.TimeUnit;
import java.util.function.Supplier;
import org.jspecify.annotations.Nullable;

/**
 * A client of a cluster: its nodes, and all that is done with them, on one event loop. It is
 * deployed, so that it has a loop of its own, wherever it was opened, and ends with the Vert.x or
 * the verticle that it belongs to.
 *
 * <p>Confined to its loop, except {@link #submit}, {@link #close} and what says otherwise.
 */
final class Cluster extends VerticleBase {

  /** How long connecting waits for slow nodes when others serve already. */
  private static final Duration PATIENCE = Duration.ofSeconds(2);

  /** How long a status waits for nodes that do not answer. */
  private static final Duration STATUS_PATIENCE = Duration.ofSeconds(4);

  /** How long closing waits for tokens of this process, which may hang. */
  private static final Duration CLOSING = Duration.ofSeconds(5);

  private final Vertx host;
  private final boolean isHostOwn;
  private final ClusterConfig config;
  private final Fleet fleet;
  private final Catalog catalog;
  private final Dispatcher dispatcher;
  private final ClientObserver observer;
  private final KeyMaker maker;
  private final KeyDestroyer destroyer;
  private final MemberSync members;
  private final Set<Promise<?>> underWay = new HashSet<>();
  private volatile boolean closed;

  /**
   * A client that is not deployed yet.
   *
   * @param isHostOwn whether the Vert.x is this client's alone, and ends with it
   */
  private Cluster(Vertx host, boolean isHostOwn, ClusterConfig config, Telemetry telemetry) {
    this.host = host;
    this.isHostOwn = isHostOwn;
    this.config = config;
    SplittableRandom random = new SplittableRandom(new SecureRandom().nextLong());
    this.fleet = new Fleet(config, host, System::nanoTime, random);
    this.catalog = new Catalog(config.cluster(), fleet);
    this.dispatcher =
        new Dispatcher(
            host,
            fleet,
            System::nanoTime,
            random,
            new Dispatcher.Settings(config.deadline(), config.hedge()));
    this.observer = ClientObserver.of(telemetry, config, fleet, dispatcher);
    this.destroyer = new KeyDestroyer(host, fleet, config);
    this.maker = new KeyMaker(host, fleet, catalog, destroyer, config);
    this.members = new MemberSync(host, fleet, config);
  }

  /** A client in an application's Vert.x. */
  static Future<Cluster> in(Vertx vertx, ClusterConfig config, Telemetry telemetry) {
    return deploy(new Cluster(vertx, false, config, telemetry));
  }

  /** A client with a Vert.x of its own, which has one loop and one blocking thread of each kind. */
  static Future<Cluster> alone(Vertx own, ClusterConfig config, Telemetry telemetry) {
    return deploy(new Cluster(own, true, config, telemetry));
  }

  private static Future<Cluster> deploy(Cluster cluster) {
    return cluster.host.deployVerticle(cluster).map(_ -> cluster);
  }

  /** What routing has done, and how it stands. From any thread. */
  RoutingStats routing() {
    return dispatcher.stats();
  }

  /** Called by Vert.x at the beginning, on the loop. */
  @Override
  public Future<?> start() {
    members.start();
    return Future.succeededFuture();
  }

  /** Connects: to all nodes, or to one when the others have had the time for it. */
  Future<Void> connect() {
    return fleet
        .connect(PATIENCE)
        .compose(_ -> fleet.serving().isEmpty() ? fleet.connectAny() : Future.succeededFuture())
        .recover(_ ->
            Future.failedFuture(
                new HsmException.DeviceUnavailable(
                    "no node of cluster \"%s\" serves: %s"
                        .formatted(config.cluster(), fleet.absences()))));
  }

  /** Finds a key, asking the nodes anew if none is known to hold it. */
  Future<KeyInfo> find(Supplier<Optional<KeyInfo>> search, String what) {
    return search
        .get()
        .map(Future::succeededFuture)
        .orElseGet(
            () -> fleet.refresh().map(_ -> search.get().orElseThrow(() -> fleet.missing(what))));
  }

  /** Connects where there is no connection, and looks at every node. */
  Future<List<NodeStatus>> status() {
    return fleet
        .connect(STATUS_PATIENCE)
        .compose(_ -> fleet.refresh())
        .map(_ -> catalog.status(config));
  }

  /**
   * Has work done on the loop; for any thread. What was not done when the client closes fails.
   *
   * @return what comes of it, on the loop; fails with an {@code IllegalStateException} when closed
   */
  <T> Future<T> submit(Supplier<Future<T>> work) {
    Promise<T> promise = Promise.promise();
    try {
      context.runOnContext(_ -> begin(work, promise));
    } catch (RejectedExecutionException e) {
      promise.fail(isClosed(e));
    }
    return promise.future();
  }

  private <T> void begin(Supplier<Future<T>> work, Promise<T> promise) {
    if (closed) {
      promise.fail(isClosed(null));
      return;
    }
    underWay.add(promise);
    done(work)
        .onComplete(promise::tryComplete, promise::tryFail)
        .onComplete(_ -> underWay.remove(promise));
  }

  private static <T> Future<T> done(Supplier<Future<T>> work) {
    try {
      return work.get();
    } catch (RuntimeException e) {
      return Future.failedFuture(e);
    }
  }

  /** Fails what is under way, and ends the connections. Idempotent; for any thread. */
  Future<Void> close() {
    if (isHostOwn) {
      return host.close();
    }
    // Unknown: it was undeployed before, or together with the verticle that opened it.
    return closed ? Future.succeededFuture() : host.undeploy(deploymentID()).otherwiseEmpty();
  }

  /** Called by Vert.x at the end, on the loop. */
  @Override
  public Future<?> stop() {
    closed = true;
    dispatcher.close();
    members.close();
    Future<Void> ended =
        fleet.close().timeout(CLOSING.toMillis(), TimeUnit.MILLISECONDS).otherwiseEmpty();
    observer.close();
    List<Promise<?>> left = List.copyOf(underWay);
    underWay.clear();
    left.forEach(p -> p.tryFail(new HsmException.DeviceUnavailable("this client is closed")));
    return ended;
  }

  /** Makes sure that it is open; for any thread. */
  void requireOpen() {
    if (closed) {
      throw isClosed(null);
    }
  }

  private static IllegalStateException isClosed(@Nullable Throwable why) {
    return new IllegalStateException("this HSM is closed; open it again", why);
  }

  ClusterConfig configuration() {
    return config;
  }

  Fleet fleet() {
    return fleet;
  }

  /** For any thread, as far as it says so. */
  Catalog catalog() {
    return catalog;
  }

  Dispatcher dispatcher() {
    return dispatcher;
  }

  /** For any thread. */
  ClientObserver observer() {
    return observer;
  }

  KeyMaker maker() {
    return maker;
  }

  KeyDestroyer destroyer() {
    return destroyer;
  }
}
